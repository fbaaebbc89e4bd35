/** Returns `trial 3`, or `trials 3, 4`, in ascending order. */
export function trialList(trials: readonly number[]): string {
  return `trial${trials.length === 1 ? '' : 's'} ${trials.toSorted((a, b) => a - b).join(', ')}`;
}
