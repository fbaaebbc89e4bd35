import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { attemptIn, uidOf } from './lookups.js';
import { ask, attemptOf, ending, folder, newAttempt, newStudy, opened } from './support.js';

/** The version of our tables that has a column for the cause of an attempt's end. */
const VERSION_WITH_CAUSES = 5;

/** What came after the causes. */
function dropClocks(file: Database.Database): void {
  for (const name of ['new', 'claimed']) file.exec(`DROP TRIGGER hpo_clock_of_${name}`);
  file.exec('DROP TRIGGER hpo_clock_deleted');
  file.exec('DROP TABLE hpo_clocks');
  file.exec('DROP TRIGGER hpo_study_control_deleted');
  file.exec('DROP TABLE hpo_study_control');
  const triggers = file
    .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'hpo_changed_%'")
    .pluck();
  for (const name of triggers.all()) file.exec(`DROP TRIGGER ${name}`);
  file.exec('DROP TABLE hpo_changes');
  file.exec('ALTER TABLE hpo_attempts DROP COLUMN target_step');
  file.exec('DROP TRIGGER hpo_choices_deleted');
  file.exec('DROP TABLE hpo_choices');
}

test('a file of an older hpo is brought up to date, and what runs in it keeps its reports', async () => {
  const path = join(await folder(), 'study.db');
  const before = await opened(`sqlite:${path}`);
  const study = await newStudy(before);
  const asked = await ask(before, study.id, { lr: 0.1 });
  const point = (step: number) => ({ name: 'loss', step, value: step, objective: true });
  await before.report(asked.trial.id, attemptOf(asked), [point(1), point(2)]);
  await before.close();

  // As the first version left it: no attempt had reports of another one.
  const file = new Database(path);
  dropClocks(file);
  for (const column of ['first_step', 'inherited_json', 'inherits_objective', 'cause', 'settled'])
    file.exec(`ALTER TABLE hpo_attempts DROP COLUMN ${column}`);
  file.exec('DROP TRIGGER hpo_trial_once');
  file.exec('ALTER TABLE hpo_studies DROP COLUMN study_uid');
  file.exec('ALTER TABLE hpo_trials DROP COLUMN asker');
  file.exec('DELETE FROM hpo_version WHERE version >= 2');
  file.close();

  const after = await opened(`sqlite:${path}`);
  expect(await uidOf(after, study.id)).toMatch(/^[0-9a-f]{32}$/);
  expect(await attemptIn(after, attemptOf(asked))).toMatchObject({ firstStep: 0, inherited: [] });
  // Its log is read again, of which only the beginning is left.
  expect(await after.report(asked.trial.id, attemptOf(asked), [point(1)])).toBe(true);
  expect((await after.metrics(study.id, 0)).map(({ step }) => step)).toEqual([1, 2]);
});

test('what ended the attempts of an older hpo is read once from its words, and retries are counted as before', async () => {
  const path = join(await folder(), 'study.db');
  const before = await opened(`sqlite:${path}`);
  const study = await newStudy(before);
  const lines = [
    // Opened again by --retry-failed after the second attempt.
    ['retry 1 of 1 after: exit code 1', 'failed', false],
    ['exit code 1', 'failed', true],
    ['lost 1 of 4 times: exit code unknown: the trainer and its supervisor are gone', 'lost', false],
    ['it did not start: launch revoked', 'not-started', false],
    ['not counted: the disk was full while it ran', 'infrastructure', false],
    ['the sweep was interrupted', 'interrupted', false],
    ['retry 1 of 1 after: ran longer than trial_timeout 1m', 'limit', false],
    ['stopped by hpo stop', 'stopped', true],
  ] as const;
  const asked = await ask(before, study.id, { lr: 0.1 });
  let attemptId = attemptOf(asked);
  for (const [reason, , settled] of lines) {
    const [exitCode, finishedAtMs] = [1, 5];
    if (settled)
      await before.finish(asked.trial.id, attemptId, {
        state: 'fail',
        values: null,
        exitCode,
        reason,
        finishedAtMs,
      });
    else await before.requeue(attemptId, { exitCode, reason, cause: 'failed', finishedAtMs });
    if (settled) await before.reopen(asked.trial.id);
    attemptId = attemptOf(
      await before.restart(asked.trial.id, { fromAsker: null, attempt: newAttempt('me') }),
    );
  }
  await before.finish(asked.trial.id, attemptId, ending());
  const pruned = await ask(before, study.id, { lr: 0.2 });
  await before.finish(
    pruned.trial.id,
    attemptOf(pruned),
    ending({ state: 'pruned', reason: 'worse than the median' }),
  );
  await before.close();

  const file = new Database(path);
  dropClocks(file);
  for (const column of ['cause', 'settled']) file.exec(`ALTER TABLE hpo_attempts DROP COLUMN ${column}`);
  file.exec('ALTER TABLE hpo_trials DROP COLUMN asker');
  file.exec(`DELETE FROM hpo_version WHERE version >= ${VERSION_WITH_CAUSES}`);
  file.close();

  const after = await opened(`sqlite:${path}`);
  const of = async (trialId: number) =>
    (await after.attempts({ trialId })).map(({ reason, cause, settled }) => [reason, cause, settled]);
  expect(await of(asked.trial.id)).toEqual([...lines, [null, 'completed', true]]);
  expect(await of(pruned.trial.id)).toEqual([['worse than the median', 'pruned', true]]);
});
