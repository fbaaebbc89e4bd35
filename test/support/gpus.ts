import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fixture, linesOf, makeProject, makeSweep, type RunningHpo, spawnHpo } from './cli.js';

/** With an nvidia-smi that shows two GPUs. */
export const GPU_PATH = `${dirname(fixture('nvidia-smi'))}:${process.env.PATH}`;

/** A machine with two GPUs, on which sweeps of several folders and databases run. */
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
    leases: () => (existsSync(env.HPO_LEASE_DIR) ? readdirSync(env.HPO_LEASE_DIR) : []),
  };
}

/** The most trials that ran on one GPU at a time. */
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
