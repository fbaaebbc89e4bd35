import { num, type Operation, type Row, sql } from '../statement.js';
import type { EndedAttempt, Separated } from '../storage.js';
import { newUid } from '../uid.js';
import { lockStudy } from './locks.js';
import { PAUSED_JSON, toPausedAt } from './records.js';
import { forgetReports, requeue, unpause } from './reporting.js';

export function* separateCopy(
  studyId: number,
  uid: string,
  ended: EndedAttempt,
): Operation<Separated | null> {
  yield lockStudy('study', studyId);
  const fresh = newUid();
  const [row] = yield sql(
    'UPDATE hpo_studies SET study_uid = ? WHERE study_id = ? AND study_uid = ? RETURNING study_id',
    fresh,
    studyId,
    uid,
  );
  if (!row) return null;
  // A function has no handle, and runs inside a program that has this file open.
  const running = yield sql(
    `SELECT a.attempt_id FROM hpo_attempts a JOIN trials t ON t.trial_id = a.trial_id
      WHERE t.study_id = ? AND a.finished_at_ms IS NULL AND a.dir <> '' ORDER BY a.attempt_id`,
    studyId,
  );
  let requeued = 0;
  for (const attempt of running as readonly Row[])
    if (yield* requeue(num(attempt, 'attempt_id'), ended)) requeued += 1;
  // Their checkpoints belong to the original too.
  const paused = yield sql(
    `SELECT t.trial_id, ${PAUSED_JSON} FROM trials t WHERE t.study_id = ? AND t.state = 'RUNNING' ORDER BY t.trial_id`,
    studyId,
  );
  for (const trial of paused) {
    if (toPausedAt(trial) === null) continue;
    yield* unpause(num(trial, 'trial_id'));
    yield* forgetReports(num(trial, 'trial_id'));
    requeued += 1;
  }
  return { uid: fresh, requeued };
}
