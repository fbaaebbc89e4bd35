import { findTrial } from '../../control/find-trial.js';
import { logSize } from '../../executors/log-tail.js';
import { controlOf } from '../../executors/registry.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { attemptsOfTrial } from '../attempts-here.js';
import { readLogTail } from '../mcp/log-tail.js';
import { printError } from '../output.js';
import { chooseAttempt, type LogQuery, whyNoLog } from './show-log.js';

/** Of a longer log only the end is printed. */
const MOST_BYTES = 2 ** 20;

/** Returns what `hpo logs --json` prints: the log of an attempt as lines without control sequences, empty where there is none. */
export async function logJson(storage: Storage, record: StudyRecord, query: LogQuery): Promise<object> {
  const { trial } = query;
  const { id, handle } = await findTrial(storage, record, trial);
  const attempt = chooseAttempt(await attemptsOfTrial(storage, record, id), query);
  const control = attempt && (await controlOf(attempt.handle));
  const ref = attempt && { trial, token: attempt.token, handle: attempt.handle };
  const bytes = control && ref ? await logSize(control, ref, 0) : 0;
  const text = attempt && (await readLogTail(trial, attempt, MOST_BYTES));
  if (!text) printError(whyNoLog(trial, attempt?.handle ?? handle));
  const known = { study: record.name, trial, attempt: attempt?.attempt ?? null };
  return { ...known, bytes, cut: bytes > MOST_BYTES, text: text ?? '' };
}
