import type { StudyInfo } from '../../protocol.js';
import { STATE, type TrialColumns } from './trial-columns.js';

/** The complete trials of each configuration together. */
export type Means = {
  /** By trial: the mean of the first objective over the complete trials of its configuration; NaN without. */
  readonly values: Float64Array;
  /** By trial: 1 when its configuration has all its repeats. The mean of fewer may be luck. */
  readonly isWhole: Uint8Array;
};

/**
 * Returns the complete trials, the best first, as `src/results/ranking.ts` orders configurations: those that keep the limits
 * of the study, then those with all their repeats, then by the mean. With several objectives, the front comes first.
 */
export function bestFirst(
  columns: TrialColumns,
  { values: means, isWhole }: Means,
  { objectives, bestTrials }: Pick<StudyInfo, 'objectives' | 'bestTrials'>,
): Int32Array {
  const [states, feasible] = [columns.values('state'), columns.values('feasible')];
  const sign = objectives[0]?.direction === 'maximize' ? -1 : 1;
  const loss = new Float64Array(columns.total);
  const trials: number[] = [];
  for (let k = 0; k < columns.total; k++) {
    loss[k] = sign * (means[k] as number);
    if (states[k] === STATE.complete && !Number.isNaN(loss[k])) trials.push(k);
  }
  const first = new Uint8Array(columns.total);
  if (objectives.length > 1) for (const trial of bestTrials) first[trial] = 1;
  const tier = (trial: number) => (feasible[trial] === 2 ? 2 : 0) + (isWhole[trial] ? 0 : 1);
  return Int32Array.from(trials).sort(
    (a, b) =>
      (first[b] as number) - (first[a] as number) ||
      tier(a) - tier(b) ||
      (loss[a] as number) - (loss[b] as number) ||
      a - b,
  );
}

export function meansOf(columns: TrialColumns, repeats: number): Means {
  const [values, states] = [columns.values('value:0'), columns.values('state')];
  const configurations = columns.values('configuration');
  const sums = new Map<number, { sum: number; count: number }>();
  const means = new Float64Array(columns.total).fill(Number.NaN);
  const isWhole = new Uint8Array(columns.total);
  for (let k = 0; k < columns.total; k++) {
    if (states[k] !== STATE.complete) continue;
    const configuration = configurations[k] ?? -1;
    means[k] = values[k] ?? Number.NaN;
    isWhole[k] = 1;
    if (configuration < 0) continue;
    const entry = sums.get(configuration) ?? { sum: 0, count: 0 };
    entry.sum += means[k] as number;
    entry.count++;
    sums.set(configuration, entry);
  }
  for (let k = 0; k < columns.total; k++) {
    const entry = states[k] === STATE.complete ? sums.get(configurations[k] ?? -1) : undefined;
    if (!entry) continue;
    means[k] = entry.sum / entry.count;
    isWhole[k] = entry.count >= repeats ? 1 : 0;
  }
  return { values: means, isWhole };
}
