import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostFolder } from '../../../src/liveness/host-folder.js';
import { cleanEnv, MAIN } from '../../support/bundle.js';
import { until } from '../../support/until.js';
import type { Network } from './network.js';

/** A process of a host: what it is to hpo, under its pid of this machine. */
type Process = { readonly pid: number; readonly role: Role };
export type Role = 'orchestrator' | 'supervisor' | 'guard' | 'trainer' | 'other';

export type Ended = { readonly code: number | null; readonly said: string };
/** One hpo on a host. */
export type Call = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

/**
 * What a host does when it starts. Its first process takes the zombies of all others, as an init does, and ends with the program
 * that started the host.
 */
const INIT = `set -e
echo "$1" >/proc/sys/kernel/hostname
mount --bind "$2" /proc/sys/kernel/random/boot_id
ip link set lo up
ready=$3
shift 3
for own; do mount -t tmpfs -o mode=700 tmpfs "$own"; done
: >"$ready"
exec 3<&0
cat <&3 >/dev/null &
wait $!`;

/** Starts a program in a folder, which is mounted first where it is to be. A host that lost its power mounts it again. */
const START = `[ -z "$2" ] || mountpoint -q "$1" || mount --bind "$2" "$1" || exit 1
cd "$1" && shift 2 && exec "$@"`;

/** How much of what hpo says is kept. */
const SAID = 20_000;

/**
 * A machine of its own to hpo: a name, a start of its own (boot id), processes, a network and the folders that hosts do not share.
 * Its files are those of this machine.
 */
export class Host {
  readonly name: string;
  /** The first process, by its pid of this machine. */
  readonly #init: number;
  readonly #namespace: string;
  readonly #calls = new Set<Call>();

  private constructor(name: string, init: number) {
    this.name = name;
    this.#init = init;
    this.#namespace = namespaceOf(init) ?? '';
  }

  static async start(name: string, network: Network, folder: string): Promise<Host> {
    const [boot, ready] = [join(folder, `${name}.boot`), join(folder, `${name}.${randomUUID()}.ready`)];
    writeFileSync(boot, `${randomUUID()}\n`);
    const own = ['owners', 'guards'].map((each) => hostFolder(each) ?? '');
    const outer = spawn(
      'unshare',
      [
        ...['--net', '--mount', '--uts', '--pid', '--fork', '--mount-proc'],
        'sh',
        '-c',
        INIT,
        'init',
        name,
        boot,
        ready,
        ...own,
      ],
      { stdio: ['pipe', 'ignore', 'inherit'] },
    );
    await until(() => existsSync(ready), { what: `the start of ${name}`, limitMs: 20_000 });
    const children = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8');
    const host = new Host(name, Number(children.trim()));
    await network.plugIn(host.name, host.#init);
    return host;
  }

  /** Starts hpo in a folder. `mounted`: the folder that the host sees there, as one of a file server; null: its own. */
  hpo(args: readonly string[], cwd: string, mounted: string | null): Call {
    const enter = ['-t', String(this.#init), '--net', '--mount', '--uts', '--pid', '--', 'sh', '-c'];
    const child = spawn(
      'nsenter',
      [...enter, START, 'sh', cwd, mounted ?? '', process.execPath, MAIN, ...args],
      { env: cleanEnv({ HPO_LEASE_DIR: join(cwd, 'leases') }), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-SAID);
      });
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) => {
        this.#calls.delete(call);
        resolve({ code, said });
      }),
    );
    const call = { child, ended };
    this.#calls.add(call);
    return call;
  }

  /** All processes but the first. */
  processes(): readonly Process[] {
    return readdirSync('/proc')
      .filter(
        (name) => /^\d+$/.test(name) && Number(name) !== this.#init && namespaceOf(name) === this.#namespace,
      )
      .map((name) => ({ pid: Number(name), role: roleOf(name) }));
  }

  /** Sends a signal to the processes of these roles; returns to how many. */
  signal(signal: NodeJS.Signals, ...roles: readonly Role[]): number {
    let count = 0;
    for (const { pid, role } of this.processes()) {
      if (roles.length > 0 && !roles.includes(role)) continue;
      if (send(pid, signal)) count += 1;
    }
    this.#continueCalls();
    return count;
  }

  /** The host loses its power: all its processes end at once, and its network goes. */
  async lose(): Promise<void> {
    send(this.#init, 'SIGKILL');
    this.#continueCalls();
    await until(() => namespaceOf(this.#init) === null && this.processes().length === 0, {
      what: `the end of ${this.name}`,
      limitMs: 30_000,
    });
  }

  /** The process that started a call stops with it, and must continue to see its end. */
  #continueCalls(): void {
    for (const { child } of this.#calls) child.kill('SIGCONT');
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has just ended.
    return false;
  }
}

function namespaceOf(pid: number | string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return null;
  }
}

function roleOf(pid: string): Role {
  const words = argumentsOf(pid);
  if (words.includes('hpo-supervisor')) return 'supervisor';
  if (words.includes('hpo-lease-guard')) return 'guard';
  if (words.some((word) => word.endsWith('/machines/trainer.sh'))) return 'trainer';
  return words[1] === MAIN && words[2] === 'optimize' ? 'orchestrator' : 'other';
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
  } catch {
    return [];
  }
}
