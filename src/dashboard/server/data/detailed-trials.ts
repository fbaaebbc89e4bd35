import type { AttemptsHere } from '../../../executors/study-outputs.js';
import type { TrialInfo } from '../../protocol.js';
import type { OpenStudy } from './open-study.js';
import { trialInfo } from './trial-info.js';

/** The most trials whose attempts are read. */
const MAX_TRIALS = 2_000;
/** Of JSON, which shrinks to a third. A report stays below 10 MB with the columns of 100,000 trials beside it. */
const MAX_BYTES = 16_000_000;
const MAX_BYTES_OF_LARGE = 3_000_000;
const LARGE = 20_000;

/**
 * Returns what is known of trials beyond the columns, for a report: of all of a small study, else of the best ones, of those that
 * failed, and of the newest. Without logs: a report is passed on, and nobody knows what a log says.
 */
export async function detailedTrials(
  open: OpenStudy,
  best: readonly number[],
  here: AttemptsHere,
): Promise<TrialInfo[]> {
  const { length } = open.table;
  let bytesLeft = length > LARGE ? MAX_BYTES_OF_LARGE : MAX_BYTES;
  const found: TrialInfo[] = [];
  for (const number of chosen(open, best)) {
    const trial = withoutLogs(await trialInfo(open, number, here));
    bytesLeft -= JSON.stringify(trial).length;
    if (bytesLeft < 0) break;
    found.push(trial);
  }
  return found;
}

/** The most telling first. */
function chosen({ table }: OpenStudy, best: readonly number[]): Iterable<number> {
  const [failed, others]: [number[], number[]] = [[], []];
  for (let trial = table.length - 1; trial >= 0; trial--) {
    const state = table.stateOf(trial);
    if (state !== null) (state === 'fail' ? failed : others).push(trial);
  }
  return [...new Set([...best, ...failed, ...others])].slice(0, MAX_TRIALS);
}

function withoutLogs(trial: TrialInfo): TrialInfo {
  return { ...trial, attempts: trial.attempts.map((attempt) => ({ ...attempt, hasLog: false })) };
}
