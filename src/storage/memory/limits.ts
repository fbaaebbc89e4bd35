import type { TrialCounts, TrialLimit } from '../storage.js';
import type { Study, Tables, Trial } from './tables.js';

/** The trials of a study, and those with the repeats that its configurations still get. */
export function countCommitted(tables: Tables, studyId: number, repeats: number): TrialCounts {
  const study = tables.studies.get(studyId);
  return study ? count(study, repeats) : { trials: 0, committed: 0 };
}

function count({ trials, configs }: Study, repeats: number): TrialCounts {
  if (repeats === 1) return { trials: trials.length, committed: trials.length };
  const pruned = new Set(
    trials.flatMap(({ config, state }: Trial) => (state === 'pruned' && config ? [config] : [])),
  );
  const open = configs.filter((config) => config.repeats.size < repeats && !pruned.has(config));
  const missing = open.reduce((sum, config) => sum + repeats - config.repeats.size, 0);
  return { trials: trials.length, committed: trials.length + missing };
}

/** Whether the study has as many trials as the limit says. */
export function isFull(study: Study, limit: TrialLimit | null): boolean {
  return limit !== null && count(study, limit.repeats).committed >= limit.trials;
}
