import { deviceSetting, runsJobs } from '../../config/executor.js';
import { type LoadedSweep, loadSweep } from '../../config/load.js';
import { withFlags } from '../../config/resolve-settings.js';
import { runConfigSchema } from '../../config/run-config.js';
import { studyNameSchema } from '../../config/study-name.js';
import { type HpoError, type Place, usageError } from '../../core/errors.js';
import { gridValues, refuseGrid } from '../../core/grid-plan.js';
import type { Space } from '../../core/space.js';
import type { ComponentSpec, StudySpec } from '../../core/spec.js';
import { checkPlatform, findProgram } from '../../executors/trainer-command.js';
import { SHORTEST_LEASE_MS } from '../../study/sweep/worker-lease.js';
import { missingPackages } from '../../trainer/packages.js';
import type { OptimizeRequest } from './options.js';

export type ResolvedSweep = {
  readonly name: string;
  readonly spec: StudySpec;
  /** The space is still to be taken from the study. */
  readonly stored: boolean;
  /** Whether a scheduler or a pruner is named; else there is a default. */
  readonly namesScheduling: boolean;
  readonly run: LoadedSweep['run'];
  /** Samplers and pruners that the file names by a path. */
  readonly own: LoadedSweep['own'];
  /** The file as it was named, for messages. */
  readonly file: string;
  /** What people should know of the file. */
  readonly notices: readonly string[];
  /** Where a value is in the file. */
  readonly place: LoadedSweep['place'];
  /** Null when nobody gave one. */
  readonly seed: number | null;
};

/** The sweep file with what the command line puts in its place. */
export async function resolveSweep(asked: OptimizeRequest): Promise<ResolvedSweep> {
  const loaded = await loadSweep({
    sweepFile: asked.sweep,
    ...(asked.sweepText === undefined ? {} : { text: asked.sweepText }),
    ...(asked.config === undefined ? {} : { configFile: asked.config }),
    scheduling: {
      scheduler: asked.scheduler,
      pruner: asked.pruner,
      maxSteps: asked.maxSteps,
      sampler: asked.sampler,
    },
  });
  const { spec, run, place, own, stored, namesScheduling } = loaded;
  refuseDeviceFlags(run.executor.name, asked);
  refuseShortLease(asked.lease ?? run.leaseMs, asked.lease === undefined ? place(['lease']) : undefined);
  const sampler = choose(spec.sampler, asked.sampler);
  if (sampler.name === 'grid' && !stored) checkGrid(spec.space, place);
  return {
    name: asked.study ?? loaded.study,
    file: loaded.file,
    notices: loaded.notices,
    place,
    stored,
    namesScheduling,
    own,
    seed: asked.seed ?? null,
    spec: {
      ...spec,
      sampler,
      terminator: choose(spec.terminator, asked.terminator),
    },
    run: withFlags(run, asked),
  };
}

/** Jobs are placed by something else. @throws HpoError executor.local-only (usage). */
function refuseDeviceFlags(executor: string, { devices, minFreeMemory }: OptimizeRequest): void {
  const flag = devices !== undefined ? '--devices' : minFreeMemory !== undefined ? '--min-free-memory' : null;
  if (flag === null || !runsJobs(executor)) return;
  const { message, fix } = deviceSetting(flag, executor);
  throw usageError('executor.local-only', message, { fix });
}

/** Within a shorter one neither a renewal nor the end of a trainer is certain. @throws HpoError lease.too-short (usage). */
function refuseShortLease(leaseMs: number, place: Place | undefined): void {
  if (leaseMs >= SHORTEST_LEASE_MS) return;
  const shortest = `${SHORTEST_LEASE_MS / 1000}s`;
  throw usageError(
    'lease.too-short',
    `expected a lease of at least ${shortest}, got ${leaseMs / 1000}s`,
    place ? { place } : {},
  );
}

/** Said here as well, where the place in the file is known and nothing is written yet. */
function checkGrid(space: Space, place: LoadedSweep['place']): void {
  const refused = refuseGrid(space);
  if (!refused) return;
  const { code, message, fix } = refused;
  const endless = space.params.find((spec) => gridValues(spec) === null);
  const at = endless ? place(['parameters', endless.name], 'key') : place(['parameters'], 'key');
  throw usageError(code, message, { place: at, ...(fix && { fix }) });
}

/**
 * A name for a new study: it becomes part of file names, as one in a sweep file does. Studies that are there already,
 * made by other programs, keep the names they have.
 * @throws HpoError study.bad-name (usage).
 */
export function checkNewName(name: string): void {
  const problem = studyNameSchema.safeParse(name).error?.issues[0]?.message;
  if (problem) throw usageError('study.bad-name', `${problem}, got ${JSON.stringify(name)}`);
}

/**
 * Checks what would otherwise fail at the first trial.
 * @throws HpoError (usage) executor.unsupported-platform; trainer.missing; trainer.missing-package.
 */
export function checkTrainer(sweep: ResolvedSweep): void {
  checkPlatform();
  const problem = trainerProblem(sweep);
  if (problem !== null) throw problem;
}

/** Why the trainer cannot be started here; null when it can, or when only a trial tells which it is. */
export function trainerProblem({ spec, run, place }: ResolvedSweep): HpoError | null {
  const { command, cwd, env } = spec.trainer;
  if (command === null) return builtinProblem(spec);
  const [program] = command;
  if (program === undefined || program.includes('${')) return null;
  // The machines of a queue have programs of their own, and modules that add some.
  if (runsJobs(run.executor.name) && !program.includes('/')) return null;
  const found = findProgram(program, cwd ?? process.cwd(), env.PATH ?? process.env.PATH ?? '');
  if (found.kind === 'found') return null;
  return usageError('trainer.missing', found.reason, { place: place(['trainer', 'command', 0]) });
}

/** Returns why the built-in trainer cannot run with the sweep's defaults; null when it can, or when trials choose the device or the data. */
function builtinProblem({ config, space }: StudySpec): HpoError | null {
  const varies = (name: string) => space.params.some((param) => param.name === name);
  if (varies('device') || varies('data.path')) return null;
  return missingPackages(runConfigSchema.parse(config));
}

/** The file's options belong to the file's choice alone. */
function choose(inFile: ComponentSpec, asked: string | undefined): ComponentSpec {
  return asked === undefined || asked === inFile.name ? inFile : { name: asked, options: {} };
}

/** Returns the study's seed: the one that was asked for, else the run's default, else 0. */
export function studySeed(wanted: ResolvedSweep): number {
  const inConfig = wanted.spec.config.seed;
  return wanted.seed ?? (typeof inConfig === 'number' && Number.isSafeInteger(inConfig) ? inConfig : 0);
}
