/** A trial as savings are computed from it. */
export type SavingsTrial = {
  /** In lower case; `paused` for one that a scheduler has paused. */
  readonly state: string;
  /** How many different steps it reported itself. */
  readonly stepCount: number;
  /** How many steps it has of the trial whose checkpoint it continues. */
  readonly inheritedSteps: number;
  /** How long it ran for these steps; null when unknown. */
  readonly durationMs: number | null;
  /** How long all its attempts ran. */
  readonly spentMs: number;
  /** What stopped a pruned trial, such as `median` or `hpo stop`; null when unknown. */
  readonly stoppedBy: string | null;
};

/** What one cause of pruning saved. */
export type SavingsBy = {
  readonly stoppedBy: string;
  readonly trials: number;
  readonly savedSteps: number | null;
  readonly savedMs: number | null;
};

/** What is known of a study beside its trials. */
export type SavingsContext = {
  /** The name of what pauses or stops trials. */
  readonly scheduler: string;
  /** The last step of a full trial; null where nobody has said it. */
  readonly maxSteps: number | null;
};

/** What was spent, against what the same trials would have cost in full; null where nobody knows. */
export type SpentOfFull = { readonly spent: number; readonly full: number | null };

/** What a scheduler saved, as events tell it. */
export type SavingsSummary = {
  readonly scheduler: string;
  /** Distinct steps of all trials. Pruned and paused ones would have trained as long as the longest complete one. */
  readonly steps: SpentOfFull;
  /** Hours of one slot: of every attempt, those included whose work was lost. */
  readonly hours: SpentOfFull;
};

/** What pruning saved, in steps that trials reported and in time. */
export type Savings = SavingsSummary & {
  /** Steps of all trials together, failed ones too. */
  readonly trainedSteps: number;
  readonly prunedTrials: number;
  /** Steps of the pruned trials. */
  readonly prunedSteps: number;
  /** Steps that a full trial takes: the most that a complete trial has, those of its parents counted. Null without one. */
  readonly fullSteps: number | null;
  /**
   * Steps that the pruned trials did not train: for each the full steps minus those that it has, and 0 where it has as many. It is an
   * estimate: nobody knows how long they would have trained. Null without a complete trial.
   */
  readonly savedSteps: number | null;
  /** `savedSteps` as a part of what would have been trained without pruning, from 0 to 1. */
  readonly savedShare: number | null;
  /**
   * Time of one slot that the saved steps would have taken, each at the speed of its own trial, and at the mean speed where that
   * is unknown. The time that a trial needs before its first step is no part of its speed. Null where no speed or no `savedSteps`
   * is known.
   */
  readonly savedMs: number | null;
  /** The savings by what stopped the trials, the most first. Trials of which nobody knows are left out. */
  readonly by: readonly SavingsBy[];
};

/** What pruning saved among these trials. */
export function savingsOf(trials: Iterable<SavingsTrial>, { scheduler, maxSteps }: SavingsContext): Savings {
  const pruned: SavingsTrial[] = [];
  const paused: SavingsTrial[] = [];
  const timed: Timed[] = [];
  let trainedSteps = 0;
  let fullSteps = 0;
  let spentMs = 0;
  for (const trial of trials) {
    const { state, stepCount, durationMs } = trial;
    trainedSteps += stepCount;
    spentMs += trial.spentMs;
    if (state === 'pruned') pruned.push(trial);
    if (state === 'paused') paused.push(trial);
    if (state === 'complete') fullSteps = Math.max(fullSteps, stepCount + trial.inheritedSteps);
    if (
      (state !== 'pruned' && state !== 'complete' && state !== 'paused') ||
      durationMs === null ||
      stepCount === 0
    )
      continue;
    timed.push({ steps: stepCount, ms: durationMs });
  }
  const full = fullSteps > 0 ? fullSteps : null;
  const speed = speedOf(timed);
  const meanMs = speed?.stepMs ?? null;
  const saved = pruned.map((trial) => ({ trial, ...savedBy(trial, full, speed) }));
  // Until a trial is complete, the sweep file alone says how long one is.
  const whole = full ?? maxSteps;
  const short = [...pruned, ...paused].map((trial) => savedBy(trial, whole, speed));
  const fullOf = (spent: number, missing: readonly number[], isKnown: boolean): SpentOfFull => ({
    spent,
    full: isKnown || missing.length === 0 ? spent + sumOf(missing) : null,
  });
  const savedSteps = full === null ? null : sumOf(saved.map(({ steps }) => steps));
  const unpruned = trainedSteps + (savedSteps ?? 0);
  return {
    scheduler,
    steps: fullOf(
      trainedSteps,
      short.map(({ steps }) => steps),
      whole !== null,
    ),
    hours: fullOf(
      spentMs / HOUR_MS,
      short.map(({ ms }) => ms / HOUR_MS),
      whole !== null && speed !== null,
    ),
    trainedSteps,
    prunedTrials: pruned.length,
    prunedSteps: sumOf(pruned.map(({ stepCount }) => stepCount)),
    fullSteps: full,
    savedSteps,
    savedShare: savedSteps === null ? null : unpruned === 0 ? 0 : savedSteps / unpruned,
    savedMs: full === null || meanMs === null ? null : sumOf(saved.map(({ ms }) => ms)),
    by: groups(saved, { full, meanMs }),
  };
}

const HOUR_MS = 3_600_000;

/** Returns the part of the savings that events tell. */
export function summaryOf({ scheduler, steps, hours }: Savings): SavingsSummary {
  return { scheduler, steps, hours };
}

type Timed = { readonly steps: number; readonly ms: number };

/** How long trials take before their first step, and for a step on average. */
type Speed = { readonly startMs: number; readonly stepMs: number };

/**
 * The line through steps and times with the least squares says how long a trial takes before its first step. It is no less than 0
 * and no more than the shortest trial took. Null without a trial that reported a step.
 */
function speedOf(timed: readonly Timed[]): Speed | null {
  const steps = sumOf(timed.map((each) => each.steps));
  if (steps === 0) return null;
  const [meanSteps, meanMs] = [steps / timed.length, sumOf(timed.map(({ ms }) => ms)) / timed.length];
  const slope =
    sumOf(timed.map((each) => (each.steps - meanSteps) * (each.ms - meanMs))) /
    sumOf(timed.map((each) => (each.steps - meanSteps) * (each.steps - meanSteps)));
  const shortest = timed.reduce((least, { ms }) => Math.min(least, ms), Number.POSITIVE_INFINITY);
  // Trials of one length do not tell.
  const startMs = Number.isFinite(slope) ? Math.max(0, Math.min(meanMs - slope * meanSteps, shortest)) : 0;
  return { startMs, stepMs: (meanMs - startMs) / meanSteps };
}

/** What the end of one trial saved; 0 where that is unknown. */
function savedBy(
  { stepCount, inheritedSteps, durationMs }: SavingsTrial,
  full: number | null,
  speed: Speed | null,
): { steps: number; ms: number } {
  const steps = Math.max(0, (full ?? 0) - inheritedSteps - stepCount);
  if (speed === null) return { steps, ms: 0 };
  const ownMs =
    durationMs === null || stepCount === 0
      ? speed.stepMs
      : Math.max(0, durationMs - speed.startMs) / stepCount;
  return { steps, ms: steps * ownMs };
}

type Saved = { readonly trial: SavingsTrial; readonly steps: number; readonly ms: number };

function groups(
  saved: readonly Saved[],
  { full, meanMs }: { readonly full: number | null; readonly meanMs: number | null },
): SavingsBy[] {
  const byCause = new Map<string, Saved[]>();
  for (const each of saved) {
    const { stoppedBy } = each.trial;
    if (stoppedBy === null) continue;
    const those = byCause.get(stoppedBy);
    if (those) those.push(each);
    else byCause.set(stoppedBy, [each]);
  }
  return [...byCause]
    .map(([stoppedBy, those]) => ({
      stoppedBy,
      trials: those.length,
      savedSteps: full === null ? null : sumOf(those.map(({ steps }) => steps)),
      savedMs: full === null || meanMs === null ? null : sumOf(those.map(({ ms }) => ms)),
    }))
    .sort((a, b) => (b.savedSteps ?? 0) - (a.savedSteps ?? 0) || b.trials - a.trials);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
