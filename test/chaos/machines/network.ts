import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../support/until.js';

const run = promisify(execFile);

/** Where the server is, to all hosts. */
export const SERVER_ADDRESS = '10.77.0.1';

const SWITCH = `set -e
ip link add hpo0 type bridge
ip addr add ${SERVER_ADDRESS}/24 dev hpo0
ip link set hpo0 up
ip link set lo up
: >"$1"
exec cat >/dev/null`;

/** A network of hosts around one switch, in a network namespace of its own. The server is where the switch is. */
export class Network {
  readonly #switch: ChildProcess;
  readonly #addresses = new Map<string, string>();

  private constructor(child: ChildProcess) {
    this.#switch = child;
  }

  static async start(folder: string): Promise<Network> {
    const ready = join(folder, `switch.${randomBytes(4).toString('hex')}.ready`);
    const child = spawn('unshare', ['--net', 'sh', '-c', SWITCH, 'switch', ready], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    await until(() => existsSync(ready), { what: 'the start of a network', limitMs: 20_000 });
    return new Network(child);
  }

  /** A program and its arguments that run another one where the switch is. */
  get within(): readonly string[] {
    return ['nsenter', '-t', String(this.#switch.pid), '--net', '--'];
  }

  /** Connects a host, by the pid of a process of it. A host of the same name that is gone is replaced. */
  async plugIn(name: string, pid: number): Promise<void> {
    const known = this.#addresses.get(name);
    const address = known ?? `10.77.0.${10 + this.#addresses.size}`;
    this.#addresses.set(name, address);
    await this.#ip('link', 'del', name).catch(() => {});
    await this.#ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
    await this.#ip('link', 'set', name, 'master', 'hpo0', 'up');
    const inside = ['-t', String(pid), '--net', '--', 'ip'];
    await run('nsenter', [...inside, 'addr', 'add', `${address}/24`, 'dev', 'eth0']);
    await run('nsenter', [...inside, 'link', 'set', 'eth0', 'up']);
  }

  /** Pulls the cable of a host, or puts it in again. */
  async setLink(name: string, state: 'up' | 'down'): Promise<void> {
    await this.#ip('link', 'set', name, state);
  }

  /** Loses all that the server sends to a host. What the host sends arrives. */
  async loseAnswers(name: string): Promise<void> {
    await this.#ip('route', 'add', 'blackhole', `${this.#addresses.get(name)}/32`);
  }

  async deliverAnswers(name: string): Promise<void> {
    await this.#ip('route', 'del', 'blackhole', `${this.#addresses.get(name)}/32`);
  }

  /** Lets little through to a host, and late. */
  async slowDown(name: string): Promise<void> {
    const limits = ['tbf', 'rate', '48kbit', 'burst', '2kb', 'latency', '800ms'];
    await this.#tc('qdisc', 'add', 'dev', name, 'root', ...limits);
  }

  async speedUp(name: string): Promise<void> {
    await this.#tc('qdisc', 'del', 'dev', name, 'root');
  }

  stop(): void {
    this.#switch.kill('SIGKILL');
  }

  #ip(...args: readonly string[]): Promise<unknown> {
    return this.#run('ip', args);
  }

  #tc(...args: readonly string[]): Promise<unknown> {
    return this.#run('tc', args);
  }

  #run(program: string, args: readonly string[]): Promise<unknown> {
    const [command = '', ...rest] = [...this.within, program, ...args];
    return run(command, rest);
  }
}
