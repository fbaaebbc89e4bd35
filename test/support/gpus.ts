import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import {
  fixture,
  linesOf,
  makeProject,
  makeSweep,
  type Ran,
  type RunningHpo,
  runHere,
  spawnHpo,
} from './cli.js';

/** A path with an nvidia-smi that shows two GPUs. */
export const GPU_PATH = `${dirname(fixture('nvidia-smi'))}:${process.env.PATH}`;

/** Returns a machine with two GPUs, on which sweeps of several folders and databases run. */
export function machine() {
  const home = makeProject();
  const env = { PATH: GPU_PATH, HPO_LEASE_DIR: join(home, 'leases') };
  const sweep = (study: string, more: Record<string, unknown> = {}, gated = true) => {
    const trainer = {
      command: ['sh', fixture('pinned.sh')],
      env: { EVENTS: join(home, 'events'), GATED: gated ? '1' : '' },
    };
    return makeSweep({ study, trainer, devices: 'auto', max_concurrent: null, ...more });
  };
  const events = () => linesOf(home, 'events');
  return {
    home,
    env,
    sweep,
    events,
    starts: (study: string) => events().filter((line) => line.startsWith('start') && line.includes(study)),
    start: (cwd: string, ...args: string[]): RunningHpo => spawnHpo(['optimize', ...args], { cwd, env }),
    /** The same to its end, without a process of its own. */
    run: (cwd: string, ...args: string[]): Promise<Ran> => runHere(['optimize', ...args], { cwd, env }),
    leases: () => (existsSync(env.HPO_LEASE_DIR) ? readdirSync(env.HPO_LEASE_DIR) : []),
  };
}

/** Returns the maximum of trials that ran on one GPU at the same time. */
export function mostOnOneGpu(events: readonly string[]): number {
  const running = new Map<string, number>();
  let most = 0;
  for (const line of events) {
    const [what, gpus = ''] = line.split(' ');
    for (const gpu of gpus.split(',')) {
      running.set(gpu, (running.get(gpu) ?? 0) + (what === 'start' ? 1 : -1));
      most = Math.max(most, running.get(gpu) ?? 0);
    }
  }
  return most;
}

/** Waits until the expectation no longer throws: long enough for a busy machine. */
export function soon<T>(expectation: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(expectation, { timeout: 30_000, interval: 10 });
}

/** Utilization in percent, and used and free memory in MiB; null where the driver does not report it. */
export type StandInGpu = {
  readonly util?: number | null;
  readonly used: number | null;
  readonly free: number | null;
};

/**
 * Installs an nvidia-smi that reports these GPUs, GPU-0x and so on: the test machines have none. Its answers may change
 * while hpo runs.
 */
export function standIn(gpus: readonly StandInGpu[]) {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-smi-'));
  const endHanging = () => {
    for (const pid of linesOf(dir, 'hanging').map(Number)) if (isOurs(pid, dir)) process.kill(pid, 'SIGKILL');
  };
  onTestFinished(() => {
    // Calls that hpo did not end.
    endHanging();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });
  // Atomically: it may be read at any moment.
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, `${name}.new`), text);
    renameSync(join(dir, `${name}.new`), join(dir, name));
  };
  const field = (value: number | null) => (value === null ? '[N/A]' : String(value));
  const set = (next: readonly StandInGpu[]) =>
    write(
      'gpus',
      next
        .map(({ util = 0, used, free }, k) => {
          const total = used === null || free === null ? null : used + free;
          return `${k}, GPU-${k}x, ${field(util)}, ${field(used)}, ${field(free)}, ${field(total)}\n`;
        })
        .join(''),
    );
  set(gpus);
  const bin = fileURLToPath(new URL('../fixtures/gpus', import.meta.url));
  return {
    dir,
    env: { PATH: `${bin}:${process.env.PATH}`, SMI: dir },
    set,
    mode: (mode: 'fail' | 'hang' | 'works') => write('mode', mode),
    apps: (lines: readonly string[]) => write('apps', lines.map((line) => `${line}\n`).join('')),
    /** Ends the hanging calls, as when a driver recovers: they fail. */
    endHanging: () => {
      if (linesOf(dir, 'hanging').length === 0) throw new Error('no call hangs');
      endHanging();
      rmSync(join(dir, 'hanging'));
    },
    /** Returns its arguments at each call, in order. */
    calls: () => linesOf(dir, 'calls'),
  };
}

/** Whether a process is a call of this fake: its pid may belong to another process by now. */
function isOurs(pid: number, dir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`SMI=${dir}`);
  } catch {
    return false;
  }
}
