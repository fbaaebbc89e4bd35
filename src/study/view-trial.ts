import type { JudgedSteps } from '../core/judged-steps.js';
import type { TrialView } from '../core/trial.js';
import type { KnownTrial } from '../results/known-trials.js';
import type { TrialRecord } from '../storage/storage.js';

/** What views hold of a trial; the configuration holds the parameters of all its trials, so a long study keeps them once. */
export type ViewTrial = Pick<TrialRecord, 'id' | 'number' | 'state' | 'values' | 'steps' | 'violations'> &
  Pick<TrialView, 'pausedAt'> &
  JudgedSteps;

const NO_STEPS: ViewTrial['steps'] = new Map();

/** Returns what views hold of a trial that storage or a reader of results gave. */
export function viewTrialOf(trial: ViewTrial | KnownTrial): ViewTrial {
  const { id, number, state, values, violations } = trial;
  // A long study keeps one for each trial that reports nothing.
  const steps = trial.steps.size === 0 ? NO_STEPS : trial.steps;
  const viewed = { id, number, state, values, steps, violations };
  const { pausedAt = null, objectiveSteps, violationSteps }: Partial<ViewTrial> = trial;
  if (pausedAt === null && !objectiveSteps && !violationSteps) return viewed;
  return {
    ...viewed,
    ...(pausedAt !== null && { pausedAt }),
    ...(objectiveSteps && { objectiveSteps }),
    ...(violationSteps && { violationSteps }),
  };
}
