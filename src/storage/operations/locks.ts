import { type Statement, sql } from '../statement.js';

/** The end of a statement that locks the rows it reads until its transaction ends. */
export const FOR_UPDATE = ' FOR UPDATE';

const STUDY_OF = {
  study: '?',
  reservation: '(SELECT study_id FROM hpo_drafts WHERE draft_id = ?)',
  configuration: '(SELECT study_id FROM hpo_configurations WHERE configuration_id = ?)',
  trial: '(SELECT study_id FROM trials WHERE trial_id = ?)',
} as const;

/**
 * Locks a study, named by itself or by one of its rows. An operation that gives out the next number, index or id of a
 * study does this first: until it commits, no other one does.
 */
export function lockStudy(by: keyof typeof STUDY_OF, id: number): Statement {
  return sql(`SELECT study_id FROM studies WHERE study_id = ${STUDY_OF[by]}${FOR_UPDATE}`, id);
}

/** Locks the trial of an attempt. */
export function lockTrialOf(attemptId: number): Statement {
  return sql(
    `SELECT trial_id FROM trials WHERE trial_id = (SELECT trial_id FROM hpo_attempts WHERE attempt_id = ?)${FOR_UPDATE}`,
    attemptId,
  );
}

/** Locks a trial. An operation that reads its state before it writes does this first. */
export function lockTrial(trialId: number): Statement {
  return sql(`SELECT trial_id FROM trials WHERE trial_id = ?${FOR_UPDATE}`, trialId);
}
