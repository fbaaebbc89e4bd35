/** What pruning saved, in steps that trials reported. */
export type Savings = {
  /** Steps of all trials together, failed ones too. */
  readonly trainedSteps: number;
  readonly prunedTrials: number;
  /** Steps of the pruned trials. */
  readonly prunedSteps: number;
  /** Steps that a full trial takes: the median of the complete trials. Null without a complete trial. */
  readonly fullSteps: number | null;
  /**
   * Steps that the pruned trials did not train, if each would have trained for `fullSteps`. It is an estimate: nobody
   * knows how long they would have trained. Null without a complete trial.
   */
  readonly savedSteps: number | null;
  /** `savedSteps` as a part of what would have been trained without pruning, from 0 to 1. */
  readonly savedShare: number | null;
};

/** What pruning saved. `trials`: how each trial ended and how many different steps it reported. */
export function savingsOf(trials: Iterable<{ readonly state: string; readonly stepCount: number }>): Savings {
  const complete: number[] = [];
  const pruned: number[] = [];
  let trainedSteps = 0;
  for (const { state, stepCount } of trials) {
    trainedSteps += stepCount;
    if (state === 'pruned') pruned.push(stepCount);
    if (state === 'complete' && stepCount > 0) complete.push(stepCount);
  }
  const prunedSteps = pruned.reduce((sum, steps) => sum + steps, 0);
  const fullSteps = median(complete);
  const savedSteps =
    fullSteps === null ? null : pruned.reduce((sum, steps) => sum + Math.max(0, fullSteps - steps), 0);
  const whole = trainedSteps + (savedSteps ?? 0);
  const savedShare = savedSteps === null ? null : whole === 0 ? 0 : savedSteps / whole;
  return { trainedSteps, prunedTrials: pruned.length, prunedSteps, fullSteps, savedSteps, savedShare };
}

function median(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  if (sorted.length === 0) return null;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
