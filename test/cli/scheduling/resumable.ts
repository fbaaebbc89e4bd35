import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStorage } from '../../../src/storage/open.js';
import { linesOf, makeProject, spawnHpo, sweepFile, until, writeFiles } from '../../support/cli.js';

/** Trainers of the fixtures that resume from their checkpoints. */
const PROGRAMS = { 'train.py': 'python3', 'train.sh': 'sh', 'train.mjs': process.execPath } as const;

type Resumable = {
  readonly trainer: keyof typeof PROGRAMS;
  readonly env: Readonly<Record<string, string>>;
  readonly more: Readonly<Record<string, unknown>>;
};

type Interruption = {
  readonly signal: NodeJS.Signals | null;
  readonly args?: readonly string[];
  readonly says?: RegExp | null;
};

const PLAIN: Resumable = { trainer: 'train.py', env: {}, more: {} };

/** Returns a folder with a sweep of three configurations under `asha` with nine steps, on one slot. */
export function makeScheduled(given: Partial<Resumable> = {}): string {
  return makeProject(scheduled(given));
}

/** Returns the files of such a folder. */
export function scheduled(given: Partial<Resumable> = {}): Readonly<Record<string, string>> {
  const { trainer, env, more } = { ...PLAIN, ...given };
  const file = fileURLToPath(new URL(`../../fixtures/resumable/${trainer}`, import.meta.url));
  const sweep = sweepFile({
    trainer: { command: [PROGRAMS[trainer], file, '${overrides}', 'to=${target_step}'], env },
    scheduler: 'asha',
    max_steps: 9,
    max_concurrent: 1,
    parameters: { x: [1, 2, 3] },
    ...more,
  });
  return { 'cfg/sweep.yaml': sweep };
}

/**
 * Interrupts the sweep of a folder, with more arguments, while its first two trials are paused and the third one trains its first
 * step. That step ends when `says` has been said, and never before the end of hpo without it. Returns how hpo ended.
 */
export async function interrupt(
  cwd: string,
  { signal, args = [], says = null }: Interruption,
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  writeFiles(cwd, { hold: '2 1' });
  const running = spawnHpo(['optimize', ...args], { cwd });
  await until(() => linesOf(cwd, 'events').includes('2 1') || running.child.exitCode !== null);
  if (signal) running.kill(signal);
  if (says) {
    await running.says(says);
    rmSync(join(cwd, 'hold'));
  }
  const ended = await running.ended;
  rmSync(join(cwd, 'hold'), { force: true });
  return ended;
}

/** Returns what the only study of a folder holds of each trial. */
export async function stored(cwd: string) {
  const storage = await openStorage(`sqlite:${join(cwd, 'storage/hpo.db')}`);
  try {
    const [study] = await storage.listStudies();
    const rows = await storage.rows(study?.id ?? -1, 0, 100);
    return await Promise.all(
      rows.map(async ({ number, state, values, epochs, pausedAt }) => {
        const points = await storage.metrics(study?.id ?? -1, number);
        const steps = points.flatMap(({ name, step }) => (name === 'loss' && step !== null ? [step] : []));
        return { number, state, values, epochs, pausedAt, steps };
      }),
    );
  } finally {
    await storage.close();
  }
}

/** Returns the steps that each trial trained, in order, over all of its attempts. */
export function trainedBy(cwd: string): ReadonlyMap<number, readonly number[]> {
  const trained = new Map<number, number[]>();
  for (const line of linesOf(cwd, 'events')) {
    const [trial = -1, step = -1] = line.split(' ').map(Number);
    trained.set(trial, [...(trained.get(trial) ?? []), step]);
  }
  return trained;
}

/** Where an attempt of a trial began: after how many steps, and to which target. */
type Begun = { readonly done: number; readonly target: number };

/** Returns where the attempts of each trial began, in order. */
export function attemptsOf(cwd: string): ReadonlyMap<number, readonly Begun[]> {
  const begun = new Map<number, Begun[]>();
  for (const line of linesOf(cwd, 'resumes')) {
    const [trial = -1, done = -1, target = -1] = line.split(' ').map(Number);
    begun.set(trial, [...(begun.get(trial) ?? []), { done, target }]);
  }
  return begun;
}

/** Returns the folders of checkpoints that are left. */
export function checkpointsIn(cwd: string): readonly string[] {
  const folder = join(cwd, 'outputs/s');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.checkpoint')) : [];
}

/** Returns the steps from 1 to `last`. */
export const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, k) => k + 1);
