import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { NOTE_LENGTH } from '../../src/storage/annotation.js';
import { ask, folder, newStudy, opened } from './support.js';

const change = (
  note: string | null,
  addTags: readonly string[] = [],
  removeTags: readonly string[] = [],
) => ({
  note,
  addTags,
  removeTags,
  hidden: null,
});

/** The system attributes of the studies in a file, as optuna-dashboard reads them. */
function systemAttributes(path: string): Record<string, unknown> {
  const file = new Database(path, { readonly: true });
  const rows = file.prepare('SELECT key, value_json FROM study_system_attributes').all() as {
    key: string;
    value_json: string;
  }[];
  file.close();
  const shown = rows.filter(({ key }) => key.startsWith('dashboard:'));
  return Object.fromEntries(shown.map(({ key, value_json }) => [key, JSON.parse(value_json)]));
}

test('a note lies where optuna-dashboard looks: in parts of at most 2045 characters, with a version', async () => {
  const path = join(await folder(), 'study.db');
  const storage = await opened(`sqlite:${path}`);
  const study = await newStudy(storage);
  const { trial } = await ask(storage, study.id, { layers: 1 });
  const text = '\u{1f600}'.repeat(NOTE_LENGTH + 3);
  expect(await storage.annotate(study.id, 0, change(text))).toEqual({
    note: text,
    tags: [],
    hidden: false,
  });
  expect(systemAttributes(path)).toEqual({
    [`dashboard:${trial.id}:note_ver`]: 1,
    [`dashboard:${trial.id}:note_str:0`]: '\u{1f600}'.repeat(NOTE_LENGTH),
    [`dashboard:${trial.id}:note_str:1`]: '\u{1f600}'.repeat(3),
  });
  await storage.annotate(study.id, 0, change('short'));
  expect(systemAttributes(path)).toEqual({
    [`dashboard:${trial.id}:note_ver`]: 2,
    [`dashboard:${trial.id}:note_str:0`]: 'short',
  });
  expect((await storage.columns(study.id)).annotated).toBe(true);
  expect(await storage.annotate(study.id, 0, change(''))).toEqual({
    note: null,
    tags: [],
    hidden: false,
  });
  expect(systemAttributes(path)).toEqual({ [`dashboard:${trial.id}:note_ver`]: 3 });
  expect((await storage.columns(study.id)).annotated).toBe(false);
});

test('a note of the dashboard is shown, whatever else was stored under such names', async () => {
  const path = join(await folder(), 'study.db');
  const storage = await opened(`sqlite:${path}`);
  const study = await newStudy(storage);
  const { trial } = await ask(storage, study.id, { layers: 1 });
  await ask(storage, study.id, { layers: 2 });
  const file = new Database(path);
  const insert = file.prepare(
    'INSERT INTO study_system_attributes (study_id, key, value_json) VALUES (?, ?, ?)',
  );
  // The tenth part comes after the second.
  for (const part of [10, 2, 0])
    insert.run(study.id, `dashboard:${trial.id}:note_str:${part}`, `"p${part} "`);
  insert.run(study.id, 'dashboard:note_str:0', '"of the study"');
  insert.run(study.id, `dashboard:${trial.id + 1}:note_str:0`, '{"odd": true}');
  insert.run(study.id, 'dashboard:x:note_str:0', 'no JSON');
  file
    .prepare('INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (?, ?, ?)')
    .run(trial.id, 'hpo:tags', '[1, "a"]');
  file.close();
  const rows = await storage.rows(study.id, 0, 9);
  expect(rows.map(({ note, tags }) => [note, tags])).toEqual([
    ['p0 p2 p10 ', ['a']],
    [null, []],
  ]);
});

test('a trial can be hidden and shown again, which changes nothing else of it', async () => {
  for (const url of ['memory:', `sqlite:${join(await folder(), 'study.db')}`]) {
    const storage = await opened(url);
    const study = await newStudy(storage);
    await ask(storage, study.id, { layers: 1 });
    const before = await storage.rows(study.id, 0, 1);
    const hidden = { ...change(null), hidden: true };
    expect(await storage.annotate(study.id, 0, hidden)).toEqual({ note: null, tags: [], hidden: true });
    expect(await storage.rows(study.id, 0, 1)).toEqual([{ ...before[0], hidden: true }]);
    expect(await storage.annotate(study.id, 0, change(null, ['a']))).toMatchObject({ hidden: true });
    await storage.annotate(study.id, 0, { ...change(null, [], ['a']), hidden: false });
    expect(await storage.rows(study.id, 0, 1)).toEqual(before);
  }
});

test('a trial that does not exist gets no note', async () => {
  for (const url of ['memory:', `sqlite:${join(await folder(), 'study.db')}`]) {
    const storage = await opened(url);
    const study = await newStudy(storage);
    expect(await storage.annotate(study.id, 0, change('late', ['a']))).toBeNull();
    expect(await storage.annotate(99, 0, change('late'))).toBeNull();
  }
});
