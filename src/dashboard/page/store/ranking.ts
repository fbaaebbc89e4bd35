import type { StudyInfo } from '../../protocol.js';
import { STATE, type TrialColumns } from './trial-columns.js';

/**
 * Returns the complete trials, the best first: by the mean of their configuration in the first objective, those that keep the
 * limits of the study before the others. With several objectives, the trials of the front come first.
 */
export function bestFirst(
  columns: TrialColumns,
  means: Float64Array,
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
  const isBad = (trial: number) => (feasible[trial] === 2 ? 1 : 0);
  return Int32Array.from(trials).sort(
    (a, b) =>
      (first[b] as number) - (first[a] as number) ||
      isBad(a) - isBad(b) ||
      (loss[a] as number) - (loss[b] as number) ||
      a - b,
  );
}

/** Returns for each trial the mean of the first objective over the complete trials of its configuration. */
export function meansOf(columns: TrialColumns): Float64Array {
  const [values, states] = [columns.values('value:0'), columns.values('state')];
  const configurations = columns.values('configuration');
  const sums = new Map<number, { sum: number; count: number }>();
  const means = new Float64Array(columns.total).fill(Number.NaN);
  for (let k = 0; k < columns.total; k++) {
    if (states[k] !== STATE.complete) continue;
    const configuration = configurations[k] ?? -1;
    means[k] = values[k] ?? Number.NaN;
    if (configuration < 0) continue;
    const entry = sums.get(configuration) ?? { sum: 0, count: 0 };
    entry.sum += means[k] as number;
    entry.count++;
    sums.set(configuration, entry);
  }
  for (let k = 0; k < columns.total; k++) {
    const entry = sums.get(configurations[k] ?? -1);
    if (entry && entry.count > 1 && states[k] === STATE.complete) means[k] = entry.sum / entry.count;
  }
  return means;
}
