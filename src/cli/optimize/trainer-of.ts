import { measuredMetrics } from '../../core/run-metrics.js';
import { effectiveNames } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { TrainerSetup } from '../../executors/trainer-setup.js';
import { builtinCommand } from '../paths.js';

type OfStudy = Pick<TrainerSetup, 'command' | 'parameters' | 'cwd' | 'env' | 'metrics' | 'measured'>;

/** Returns how the trainers of a study run, as far as the study says it. */
export function trainerOf(spec: StudySpec): OfStudy {
  const { command, cwd, env, metrics } = spec.trainer;
  return {
    command: command ?? builtinCommand(),
    parameters: effectiveNames(spec.space),
    cwd: cwd ?? process.cwd(),
    env,
    metrics,
    measured: measuredMetrics(spec),
  };
}
