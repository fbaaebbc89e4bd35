import {
  type ComponentInfo,
  type ComponentSpec,
  type OptionValues,
  withDefaults,
} from '../core/component-options.js';
import { type HpoError, usageError } from '../core/errors.js';
import { COMMAND_OPTIONS } from './command/options.js';
import type { AttemptControl, Executor } from './executor.js';
import { withFoldersHere } from './folders-here.js';
import { handleKind } from './handle.js';
import type { Leftovers } from './leftovers.js';
import { RAY_OPTIONS } from './ray/options.js';
import { SLURM_OPTIONS } from './slurm/options.js';
import type { TrainerSetup } from './trainer-setup.js';

/** What the module of an executor supplies. */
export type ExecutorModule = {
  /**
   * Returns the executor of a sweep.
   * @throws HpoError (usage) executor.* where it cannot run here.
   */
  readonly open: (setup: TrainerSetup, options: OptionValues) => Executor;
  /** What works for an attempt without a sweep. */
  readonly control: AttemptControl;
  /** What is removed without a sweep. */
  readonly leftovers: Leftovers;
  /** Returns the command that submits the attempt of a folder, for a plan; null where nothing is submitted. */
  readonly submission: (attempt: SubmittedAttempt, options: OptionValues) => readonly string[] | null;
};

/**
 * `dir`: its folder. `cwd`: where its trainer runs. `together`: how many attempts start with it that do not depend on each other's
 * results, itself included.
 */
export type SubmittedAttempt = {
  readonly trial: number;
  readonly token: string;
  readonly dir: string;
  readonly cwd: string;
  readonly together: number;
};

/** An executor that a sweep file can choose. Its name is the kind of its handles. */
export type ExecutorEntry = ComponentInfo & {
  /**
   * `devices`: its attempts run in slots of this machine, which hpo gives out. `jobs`: something else places them, and
   * max_concurrent says how many are submitted at once, waiting ones included.
   */
  readonly places: 'devices' | 'jobs';
  readonly load: () => Promise<ExecutorModule>;
};

/**
 * To add an executor: one file, one entry, and one in its suite (docs/extending.md). The schema, the messages and the
 * documents follow.
 */
export const executors: readonly ExecutorEntry[] = [
  {
    name: 'local',
    summary: 'processes of this machine, on its GPUs or its CPU',
    options: {},
    places: 'devices',
    load: async () => (await import('./local/module.js')).local,
  },
  {
    name: 'slurm',
    summary: 'jobs of a SLURM cluster, or steps inside an allocation',
    options: SLURM_OPTIONS,
    places: 'jobs',
    load: async () => (await import('./slurm/module.js')).slurm,
  },
  {
    name: 'ray',
    summary: 'jobs of a Ray cluster, with or without a folder that its nodes share',
    options: RAY_OPTIONS,
    places: 'jobs',
    load: async () => (await import('./ray/module.js')).ray,
  },
  {
    name: 'command',
    summary: 'jobs of any scheduler, by its commands that submit, look and cancel',
    options: COMMAND_OPTIONS,
    places: 'jobs',
    load: async () => (await import('./command/module.js')).command,
  },
];

export const DEFAULT_EXECUTOR = 'local';

/** Returns the entry of this name, or undefined. */
export function findExecutor(name: string): ExecutorEntry | undefined {
  return executors.find((entry) => entry.name === name);
}

/** Returns what can be done with the attempt of a handle; null when no executor here has allocated it. */
export async function controlOf(handle: string): Promise<AttemptControl | null> {
  const module = await findExecutor(handleKind(handle))?.load();
  return module?.control ?? null;
}

/**
 * Returns the executor that a sweep has chosen.
 * @throws HpoError (usage) executor.* where it cannot run here.
 */
export async function openExecutor({ name, options }: ComponentSpec, setup: TrainerSetup): Promise<Executor> {
  const entry = findExecutor(name);
  if (!entry) throw unknownExecutor(name);
  const module = await entry.load();
  return withFoldersHere(module.open(setup, withDefaults(entry.options, options)), setup.studyDir);
}

function unknownExecutor(name: string): HpoError {
  const known = executors.map((entry) => entry.name).join(', ');
  return usageError('executor.unknown', `expected an executor (${known}), got ${JSON.stringify(name)}`);
}

/** Returns the command that submits an attempt, for a plan; null where its executor starts it without one. */
export async function submissionOf(
  { name, options }: ComponentSpec,
  attempt: SubmittedAttempt,
): Promise<readonly string[] | null> {
  const entry = findExecutor(name);
  return entry ? (await entry.load()).submission(attempt, withDefaults(entry.options, options)) : null;
}
