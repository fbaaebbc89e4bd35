import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { pgCtl, type RealPostgres, removePostgres, startPostgres } from '../../../scripts/real/postgres.mjs';
import { until } from '../../support/until.js';
import { type Network, SERVER_ADDRESS } from './network.js';

export type Row = Readonly<Record<string, unknown>>;

/** The PostgreSQL server of all hosts, where their switch is. */
export class Server {
  readonly #real: RealPostgres;
  readonly #network: Network;

  private constructor(real: RealPostgres, network: Network) {
    this.#real = real;
    this.#network = network;
  }

  static async start(folder: string, network: Network): Promise<Server> {
    const real = await startPostgres(folder, { listen: SERVER_ADDRESS, within: network.within });
    return new Server(real, network);
  }

  /** What the hosts use. */
  urlOf(database: string): string {
    return this.#real.tcp.replace(/\/hpo$/, `/${database}`);
  }

  /** What works here, whatever becomes of the network. */
  localUrlOf(database: string): string {
    return this.#real.url.replace('/hpo?', `/${database}?`);
  }

  async createDatabase(name: string): Promise<void> {
    await this.query(`CREATE DATABASE ${name}`, 'hpo');
  }

  /** Runs SQL as the superuser. */
  async query(sql: string, database: string): Promise<readonly Row[]> {
    const client = new Client({ connectionString: this.localUrlOf(database) });
    // A server that is killed meanwhile is an error of the query.
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends all processes of the server at once, as a crash does. */
  kill(): void {
    const main = Number.parseInt(readFileSync(join(this.#real.folder, 'data/postmaster.pid'), 'utf8'), 10);
    for (const pid of [main, ...childrenOf(main)])
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended with the first one.
      }
  }

  /** Starts it again: it recovers from its log. */
  async recover(): Promise<void> {
    // Its memory may be in use until the last of its processes is gone.
    await until(
      () =>
        pgCtl(this.#real.folder, 'start', { within: this.#network.within }).then(
          () => true,
          () => false,
        ),
      { what: 'the server recovers', limitMs: 60_000, everyMs: 200 },
    );
  }

  stop(): Promise<void> {
    return removePostgres(this.#real.folder);
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
