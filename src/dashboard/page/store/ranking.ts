import type { StudyInfo } from '../../protocol.js';
import { STATE, type TrialColumns } from './trial-columns.js';

/** The complete trials of each configuration together. */
export type Means = {
  /** By trial: the mean of the first objective over the complete trials of its configuration; NaN without. */
  readonly values: Float64Array;
  /** By trial: 1 when its configuration has all its repeats. The mean of fewer may be luck. */
  readonly isWhole: Uint8Array;
};

/** More than the other tiers. */
const AFTER_FRONT = 4;

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
  const tier = new Uint8Array(columns.total);
  const trials = new Int32Array(columns.total);
  let count = 0;
  for (let k = 0; k < columns.total; k++) {
    loss[k] = sign * (means[k] as number);
    tier[k] = AFTER_FRONT + (feasible[k] === 2 ? 2 : 0) + (isWhole[k] ? 0 : 1);
    if (states[k] === STATE.complete && !Number.isNaN(loss[k])) trials[count++] = k;
  }
  if (objectives.length > 1)
    for (const trial of bestTrials) tier[trial] = (tier[trial] as number) - AFTER_FRONT;
  return trials
    .subarray(0, count)
    .sort(
      (a, b) =>
        (tier[a] as number) - (tier[b] as number) || (loss[a] as number) - (loss[b] as number) || a - b,
    );
}

export function meansOf(columns: TrialColumns, repeats: number): Means {
  const [values, states] = [columns.values('value:0'), columns.values('state')];
  const configurations = columns.values('configuration');
  const means = new Float64Array(columns.total).fill(Number.NaN);
  const isWhole = new Uint8Array(columns.total);
  const { sums, counts } = sumsOf(columns);
  for (let k = 0; k < columns.total; k++) {
    if (states[k] !== STATE.complete) continue;
    const configuration = configurations[k] ?? -1;
    // Trials of other programs have none, and count alone.
    const count = configuration < 0 ? repeats : (counts[configuration] as number);
    means[k] = configuration < 0 ? (values[k] ?? Number.NaN) : (sums[configuration] as number) / count;
    isWhole[k] = count >= repeats ? 1 : 0;
  }
  return { values: means, isWhole };
}

/** By configuration: the first objective of its complete trials together, and how many there are. */
function sumsOf(columns: TrialColumns): { sums: Float64Array; counts: Int32Array } {
  const [values, states] = [columns.values('value:0'), columns.values('state')];
  const configurations = columns.values('configuration');
  let last = -1;
  for (let k = 0; k < configurations.length; k++) last = Math.max(last, configurations[k] as number);
  const [sums, counts] = [new Float64Array(last + 1), new Int32Array(last + 1)];
  for (let k = 0; k < columns.total; k++) {
    const configuration = configurations[k] ?? -1;
    if (states[k] !== STATE.complete || configuration < 0) continue;
    sums[configuration] = (sums[configuration] as number) + (values[k] ?? Number.NaN);
    counts[configuration] = (counts[configuration] as number) + 1;
  }
  return { sums, counts };
}
