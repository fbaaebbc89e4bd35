import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databasesIn, folderAbove } from '../../src/storage/nearby-databases.js';
import { folder, opened } from './support.js';

test('names the databases of hpo in a folder, and changes none', async () => {
  const here = await folder();
  await (await opened(`sqlite:${join(here, 'llm.db')}`)).close();
  const bytes = readFileSync(join(here, 'llm.db'));
  writeFileSync(join(here, 'copy.sqlite3'), bytes);
  writeFileSync(join(here, 'copy.txt'), bytes);
  writeFileSync(join(here, 'text.db'), 'hpo_studies');
  const other = new Database(join(here, 'other.db'));
  other.exec('CREATE TABLE songs (title TEXT)');
  other.close();
  expect(databasesIn(here)).toEqual(['copy.sqlite3', 'llm.db']);
  expect(readFileSync(join(here, 'llm.db'))).toEqual(bytes);
  expect(databasesIn(join(here, 'none'))).toEqual([]);
});

test('finds the folder above that has the same database', async () => {
  const project = await folder();
  const sub = join(project, 'src', 'models');
  mkdirSync(sub, { recursive: true });
  expect(folderAbove(join(sub, 'storage', 'hpo.db'), sub)).toBeNull();
  mkdirSync(join(project, 'storage'));
  await (await opened(`sqlite:${join(project, 'storage', 'hpo.db')}`)).close();
  expect(folderAbove(join(sub, 'storage', 'hpo.db'), sub)).toBe(project);
  expect(folderAbove(join(sub, 'storage', 'other.db'), sub)).toBeNull();
  // A path that leads elsewhere has no such place.
  expect(folderAbove(join(project, 'storage', 'hpo.db'), sub)).toBeNull();
});
