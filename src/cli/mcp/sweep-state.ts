import { CALLS_ATTRIBUTE, parseCalls, type StudyCall } from '../../core/study-calls.js';
import { readStudyState, type StudyState } from '../../results/study-state.js';
import type { Storage, StudySummary } from '../../storage/storage.js';

/** How a sweep stands for somebody who waits for it. */
export type SweepState = 'running' | 'finished' | 'failed' | 'stopped';

export type SweepFacts = {
  readonly state: SweepState;
  /** No trial starts until a person resumes the study. */
  readonly isPaused: boolean;
  /** The call that runs, or the last one that ended; null: none did. */
  readonly call: StudyCall | null;
};

const FAILED: readonly string[] = ['error', 'failures', 'max-failures', 'max-consecutive-failures'];

/**
 * Returns the state of a sweep. `failed`: it ended by its failures, its process was killed, or no trial of it came to a
 * result. `stopped`: a person or a command ended it, or nobody has begun it.
 */
export function sweepState({
  state,
  isRunning,
  call,
  counts,
}: {
  readonly state: StudyState;
  /** Whether its process lives, also while the study is paused. */
  readonly isRunning: boolean;
  readonly call: Pick<StudyCall, 'end' | 'endedAtMs'> | null;
  readonly counts: StudySummary['counts'];
}): SweepState {
  if (isRunning || state === 'running') return 'running';
  const isFruitless = counts.complete + counts.pruned === 0 && counts.fail > 0;
  if (call === null) return isFruitless ? 'failed' : counts.complete > 0 ? 'finished' : 'stopped';
  if (call.endedAtMs === null || FAILED.includes(call.end ?? '')) return 'failed';
  if (call.end === 'interrupted') return 'stopped';
  return isFruitless ? 'failed' : 'finished';
}

/** Reads how the sweep of a study stands. */
export async function readSweep(storage: Storage, study: StudySummary): Promise<SweepFacts> {
  const state = await readStudyState(storage, study);
  const calls = parseCalls((await storage.readAttributes(study.id))[CALLS_ATTRIBUTE]);
  const runs = (call: StudyCall) => call.endedAtMs === null && storage.liveness.judge(call.owner) !== 'ended';
  const running = calls.findLast(runs);
  const call = running ?? calls.reduce<StudyCall | null>(later, null);
  const { counts } = study;
  return {
    state: sweepState({ state, isRunning: running !== undefined, call, counts }),
    isPaused: state === 'paused',
    call,
  };
}

/** A call that was killed counts from its start. */
function later(before: StudyCall | null, call: StudyCall): StudyCall {
  const endOf = ({ startedAtMs, endedAtMs }: StudyCall) => endedAtMs ?? startedAtMs;
  return before === null || endOf(call) >= endOf(before) ? call : before;
}
