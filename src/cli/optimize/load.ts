import type { TrialLimits } from '../../config/limits.js';
import { type LoadedSweep, loadSweep } from '../../config/load.js';
import type { Chosen, StudySpec } from '../../core/spec.js';
import type { OptimizeRequest } from './request.js';

export type Wanted = {
  readonly name: string;
  readonly spec: StudySpec;
  readonly run: LoadedSweep['run'];
  /** The file as it was named, for messages. */
  readonly file: string;
  /** Null when nobody gave one. */
  readonly seed: number | null;
};

type Asked = Pick<
  OptimizeRequest,
  | 'sweep'
  | 'config'
  | 'study'
  | 'sampler'
  | 'pruner'
  | 'terminator'
  | 'maxConcurrent'
  | 'devices'
  | 'seed'
  | 'csv'
  | 'trialTimeout'
  | 'noProgressTimeout'
  | 'maxLogBytes'
  | 'retries'
  | 'maxFailures'
  | 'maxConsecutiveFailures'
>;

/** The sweep file with what the command line puts in its place. */
export async function loadWanted(asked: Asked): Promise<Wanted> {
  const loaded = await loadSweep({
    sweepFile: asked.sweep,
    ...(asked.config === undefined ? {} : { configFile: asked.config }),
  });
  const { spec, run } = loaded;
  return {
    name: asked.study ?? loaded.study,
    file: loaded.file,
    seed: asked.seed ?? null,
    spec: {
      ...spec,
      sampler: choose(spec.sampler, asked.sampler),
      pruner: choose(spec.pruner, asked.pruner),
      terminator: choose(spec.terminator, asked.terminator),
    },
    run: {
      ...run,
      maxConcurrent: asked.maxConcurrent ?? run.maxConcurrent,
      devices: asked.devices ?? run.devices,
      csv: asked.csv ?? run.csv,
      limits: limits(run.limits, asked),
    },
  };
}

function limits(inFile: TrialLimits, asked: Asked): TrialLimits {
  return {
    trialTimeoutMs: asked.trialTimeout ?? inFile.trialTimeoutMs,
    noProgressTimeoutMs: asked.noProgressTimeout ?? inFile.noProgressTimeoutMs,
    maxLogBytes: asked.maxLogBytes ?? inFile.maxLogBytes,
    retries: asked.retries ?? inFile.retries,
    maxFailures: asked.maxFailures ?? inFile.maxFailures,
    maxConsecutiveFailures: asked.maxConsecutiveFailures ?? inFile.maxConsecutiveFailures,
  };
}

/** The file's options belong to the file's choice alone. */
function choose(inFile: Chosen, asked: string | undefined): Chosen {
  return asked === undefined || asked === inFile.name ? inFile : { name: asked, options: {} };
}

/** The study's seed: the one asked for, else the run's default, else 0. */
export function studySeed(wanted: Wanted): number {
  const inConfig = wanted.spec.config.seed;
  return wanted.seed ?? (typeof inConfig === 'number' && Number.isSafeInteger(inConfig) ? inConfig : 0);
}
