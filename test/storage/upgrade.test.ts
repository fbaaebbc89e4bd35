import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ask, attemptOf, folder, newStudy, opened } from './support.js';

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
  for (const column of ['first_step', 'inherited_json', 'inherits_objective'])
    file.exec(`ALTER TABLE hpo_attempts DROP COLUMN ${column}`);
  file.exec('DROP TRIGGER hpo_trial_once');
  file.exec('ALTER TABLE hpo_studies DROP COLUMN study_uid');
  file.exec('DELETE FROM hpo_version WHERE version >= 2');
  file.close();

  const after = await opened(`sqlite:${path}`);
  expect(await after.studyUid(study.id)).toMatch(/^[0-9a-f]{32}$/);
  expect(await after.attempt(attemptOf(asked))).toMatchObject({ firstStep: 0, inherited: [] });
  // Its log is read again, of which only the beginning is left.
  expect(await after.report(asked.trial.id, attemptOf(asked), [point(1)])).toBe(true);
  expect((await after.metrics(study.id, 0)).map(({ step }) => step)).toEqual([1, 2]);
});
