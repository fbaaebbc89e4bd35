import { measuredMetrics } from '../../core/run-metrics.js';
import { effectiveNames } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { TrainerSetup } from '../../executors/trainer-setup.js';
import { samplers } from '../../samplers/registry.js';
import { builtinCommand } from '../paths.js';

type OfStudy = Pick<
  TrainerSetup,
  'command' | 'parameters' | 'cwd' | 'env' | 'metrics' | 'measured' | 'readsResults'
>;

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
    readsResults: readsResults(spec),
  };
}

/** Returns whether a study's configurations depend on the results of earlier ones. */
export function readsResults({ sampler }: Pick<StudySpec, 'sampler'>): boolean {
  return samplers.find(({ name }) => name === sampler.name)?.reads !== 'nothing';
}
