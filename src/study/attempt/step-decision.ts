import type { StudyView } from '../../core/study-view.js';
import type { TrialView } from '../../core/trial.js';
import type { AttemptContext } from './attempt-context.js';

/** What becomes of an attempt after a report. */
export type Judgement =
  | { readonly kind: 'continue' | 'pause' }
  | { readonly kind: 'prune'; readonly reason: string };

export const CONTINUE: Judgement = { kind: 'continue' };
export const PAUSE: Judgement = { kind: 'pause' };

type Deciding = {
  readonly study: Pick<AttemptContext, 'pruner' | 'scheduler' | 'space'>;
  readonly view: StudyView;
  readonly trial: TrialView;
  /** The trial has reported the last step of a full one, and ends by itself. */
  readonly isLast: boolean;
  readonly resumable: boolean;
  readonly canExploit: boolean;
};

/** Returns what the study's scheduler decides on a running trial after its newest step; without a scheduler its pruner. */
export async function decideStep(deciding: Deciding): Promise<Judgement> {
  const { study, view, trial, isLast, resumable, canExploit } = deciding;
  const { pruner, scheduler, space } = study;
  if (scheduler === null) {
    // Without `max_steps` only the pruner can judge how long its trials are.
    if (isLast && view.maxSteps !== null) return CONTINUE;
    const decision = pruner === null ? null : await pruner.decide(trial, view);
    return decision?.prune ? { kind: 'prune', reason: decision.reason } : CONTINUE;
  }
  if (isLast) return CONTINUE;
  const seen = { ...view, space, resumable, canAsk: true, canExploit, stepsLeft: null };
  const { kind, reason } = await scheduler.decide(trial, seen);
  if (kind === 'stop') return { kind: 'prune', reason };
  return kind === 'pause' ? PAUSE : CONTINUE;
}
