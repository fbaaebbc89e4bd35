import { setTimeout as sleep } from 'node:timers/promises';
import type { Rng } from '../../../src/core/rng.js';
import { Host } from './host.js';
import { Network } from './network.js';
import { Server } from './server.js';

/** How often one host may start the sweep again without an end: more would mean that it never comes to one. */
const MOST_CALLS = 60;

/** What each host runs again until it ends by itself, and where. */
export type Command = {
  readonly args: readonly string[];
  readonly folderOf: (host: string) => string;
  /** What every host sees in its folder; null: files of its own. */
  readonly mounted: string | null;
};

/** Hosts in one network with one server. */
export class Cluster {
  readonly network: Network;
  readonly server: Server;
  readonly #hosts = new Map<string, Host>();
  /** Hosts that start again. */
  readonly #starting = new Map<string, Promise<void>>();
  readonly #folder: string;

  private constructor(network: Network, server: Server, folder: string) {
    this.network = network;
    this.server = server;
    this.#folder = folder;
  }

  /** `folder`: an empty one, for the server and the hosts. */
  static async start(folder: string, names: readonly string[]): Promise<Cluster> {
    const network = await Network.start(folder);
    const cluster = new Cluster(network, await Server.start(`${folder}/server`, network), folder);
    try {
      for (const name of names) cluster.#hosts.set(name, await Host.start(name, network, folder));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }

  /** A host loses its power and starts again, with nothing that it had in memory. */
  async restart(name: string): Promise<void> {
    const again = async () => {
      await this.host(name).lose();
      this.#hosts.set(name, await Host.start(name, this.network, this.#folder));
    };
    const starting = again();
    this.#starting.set(name, starting);
    await starting;
  }

  /**
   * Runs a command on a host again and again, as someone who wants the sweep to end, until it ends by itself while `isOver`.
   * @throws Error when it ends in a way that no fault explains.
   */
  async keepRunning(name: string, command: Command, { rng, isOver }: Keeping): Promise<readonly string[]> {
    const said: string[] = [];
    for (let call = 0; call < MOST_CALLS; call++) {
      await this.#starting.get(name);
      const { code, said: text } = await this.host(name).hpo(
        command.args,
        command.folderOf(name),
        command.mounted,
      ).ended;
      said.push(text);
      if (code === 0 && isOver()) return said;
      if (!isExplained(code, text)) throw new Error(`optimize exited ${code} on ${name}:\n${text}`);
      await sleep(200 + rng.float() * 2500);
    }
    throw new Error(`the sweep has not ended on ${name} after ${MOST_CALLS} calls:\n${said.at(-1)}`);
  }

  async stop(): Promise<void> {
    for (const host of this.#hosts.values()) await host.lose();
    await this.server.stop();
    this.network.stop();
  }
}

type Keeping = { readonly rng: Rng; readonly isOver: () => boolean };

/** It ended by itself, was killed, started while the server was out of reach or its host ended, or met killed trials alone. */
function isExplained(code: number | null, said: string): boolean {
  if (code === 0 || code === null || code === 137) return true;
  return code === 1 && /error\[storage\.unreachable\]|all failed|cannot be reached|^nsenter: /.test(said);
}
