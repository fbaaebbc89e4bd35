import type { Counts, MissingRepeats, TrialCounts, TrialLimit } from '../storage.js';
import { ownEpochs } from './rows.js';
import type { Config, Study, Tables, Trial } from './tables.js';

export function count<K extends keyof Counts>(
  tables: Tables,
  studyId: number,
  what: readonly K[],
  repeats = 1,
): Pick<Counts, K> {
  const study = tables.studies.get(studyId);
  const counted = (name: K) => (study ? COUNTS[name](study, repeats) : 0);
  return Object.fromEntries(what.map((name) => [name, counted(name)])) as Pick<Counts, K>;
}

const COUNTS: Readonly<Record<keyof Counts, (study: Study, repeats: number) => number>> = {
  trials: ({ trials }) => trials.length,
  committed: (study, repeats) => countCommitted(study, repeats).committed,
  // No other program reaches this memory: external are only trials without a configuration.
  external: ({ unconfigured }) => unconfigured,
  epochs: ({ trials }) => trials.reduce((sum, trial) => sum + ownEpochs(trial), 0),
  repeats: ({ trials }) =>
    trials.reduce((most, { config, repeat }) => (config ? Math.max(most, repeat + 1) : most), 0),
};

/** The trials of a study, and those with the repeats that its configurations still get. */
function countCommitted({ trials, configs }: Study, repeats: number): TrialCounts {
  if (repeats === 1) return { trials: trials.length, committed: trials.length };
  const pruned = prunedIn(trials);
  const open = configs.filter((config) => config.repeats.size < repeats && !pruned.has(config));
  const missing = open.reduce((sum, config) => sum + repeats - config.repeats.size, 0);
  return { trials: trials.length, committed: trials.length + missing };
}

/** Configurations with a pruned trial. */
function prunedIn(trials: readonly Trial[]): ReadonlySet<Config> {
  return new Set(trials.flatMap(({ config, state }) => (state === 'pruned' && config ? [config] : [])));
}

export function missingRepeats(tables: Tables, studyId: number, repeats: number): MissingRepeats[] {
  const { configs, trials } = tables.studies.get(studyId) ?? { configs: [], trials: [] };
  const all = Array.from({ length: repeats }, (_, repeat) => repeat);
  const pruned = prunedIn(trials);
  return configs.flatMap((config) => {
    const missing = all.filter((repeat) => !config.repeats.has(repeat));
    return missing.length === 0
      ? []
      : [{ configId: config.record.id, repeats: missing, isPruned: pruned.has(config) }];
  });
}

/** Whether the study has as many trials as the limit says. */
export function isFull(study: Study, limit: TrialLimit | null): boolean {
  return limit !== null && countCommitted(study, limit.repeats).committed >= limit.trials;
}
