import { CALLS_ATTRIBUTE, parseCalls, type StudyCall } from '../core/study-calls.js';
import { parseControl } from '../core/study-control.js';
import type { JsonValue, TrialState } from '../core/trial.js';

/**
 * `running`: a process runs it. `paused`: `hpo pause`. `finished`: its last sweep came to its end. `interrupted`: nobody runs
 * it, and trials or a part of the budget are left. `open`: nothing of that can be said, as of a study that Optuna made.
 */
export type StudyState = 'running' | 'paused' | 'finished' | 'interrupted' | 'open';

/** What the state of a study follows from. */
export type StudyStateFacts = {
  readonly isPaused: boolean;
  /** What is known of each process that may run the study. */
  readonly owners: readonly ('alive' | 'ended' | 'unknown')[];
  /** Trials that are unfinished: running or queued, without those that wait to be taken. */
  readonly running: number;
  readonly waiting: number;
  /** The newest calls of `hpo optimize`, the oldest first. */
  readonly calls: readonly StudyCall[];
};

/** Ends of a sweep after which nothing is left to do. */
const FINAL: readonly string[] = [
  'exhausted',
  'budget',
  'converged',
  'patience',
  'epochs',
  'spent',
  'timeout',
  'target',
];

/** Returns the state of a study. */
export function studyState({ isPaused, owners, running, waiting, calls }: StudyStateFacts): StudyState {
  if (isPaused) return 'paused';
  if (owners.includes('alive')) return 'running';
  if (owners.includes('unknown')) return 'open';
  if (calls.length === 0) return owners.length > 0 ? 'interrupted' : 'open';
  // A call that was killed matters no more once a later one has ended.
  const last = calls.reduce((newest, call) => (endOf(call) >= endOf(newest) ? call : newest));
  if (running > 0 || !FINAL.includes(last.end ?? '')) return 'interrupted';
  return waiting > 0 ? 'open' : 'finished';
}

/** A killed call counts from its start. */
function endOf({ startedAtMs, endedAtMs }: StudyCall): number {
  return endedAtMs ?? startedAtMs;
}

/** What the state is read from. Storage satisfies it. */
export type StudyStateReader = {
  readonly liveness: { judge(owner: string): 'alive' | 'ended' | 'unknown' };
  readControl(studyId: number): Promise<{ readonly control: JsonValue }>;
  readAttributes(studyId: number): Promise<Readonly<Record<string, JsonValue>>>;
  owners(studyId: number): Promise<readonly string[]>;
};

/** Reads the state of a study. `counts`: its trials by state, as a list of studies has them. */
export async function readStudyState(
  reader: StudyStateReader,
  study: { readonly id: number; readonly counts: Readonly<Record<TrialState, number>> },
): Promise<StudyState> {
  const [{ control }, attributes, owners] = await Promise.all([
    reader.readControl(study.id),
    reader.readAttributes(study.id),
    reader.owners(study.id),
  ]);
  const calls = parseCalls(attributes[CALLS_ATTRIBUTE]);
  const unended = calls.filter(({ endedAtMs }) => endedAtMs === null).map(({ owner }) => owner);
  return studyState({
    isPaused: parseControl(control).pausedAtMs !== null,
    owners: [...new Set([...owners, ...unended])].map((owner) => reader.liveness.judge(owner)),
    running: study.counts.running,
    waiting: study.counts.waiting,
    calls,
  });
}
