import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { openStorage } from '../../src/storage/open.js';
import { askOptuna, runOptuna } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';
import { folder, opened } from './support.js';

vi.setConfig({ testTimeout: 120_000 });

/** Everything that SQLite knows of the tables that are not ours alone. */
function schemaOf(path: string) {
  const file = new Database(path, { readonly: true });
  const rows = (sql: string, ...args: unknown[]) =>
    file.prepare(sql).all(...args) as Record<string, unknown>[];
  const tables = rows(
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'hpo%' AND name NOT LIKE 'sqlite%' ORDER BY name",
  );
  const described = tables.map(({ name, sql }) => ({
    name,
    // Names of constraints, checks and their order, in whatever lines they were written.
    sql: String(sql)
      .replace(/\s+/g, ' ')
      .replace(/ ?([(),]) ?/g, '$1')
      .replaceAll('"', ''),
    columns: rows('SELECT * FROM pragma_table_xinfo(?)', name),
    foreign: rows('SELECT * FROM pragma_foreign_key_list(?)', name),
    indices: rows('SELECT * FROM pragma_index_list(?)', name)
      .filter((index) => !String(index.name).startsWith('hpo'))
      .map(({ seq: _, ...index }) => ({
        ...index,
        columns: rows('SELECT * FROM pragma_index_xinfo(?)', index.name),
      })),
  }));
  const versions = [
    rows('SELECT * FROM alembic_version'),
    rows('SELECT version_info_id, schema_version FROM version_info'),
  ];
  file.close();
  return { tables: described, versions };
}

describeWithReal('optuna', 'a database that hpo made, as Optuna sees it', () => {
  test('has every table, column, index, key and check as Optuna declares it', async () => {
    const dir = await folder();
    await runOptuna('old_study.py', join(dir, 'theirs.db'));
    await (await opened(`sqlite:${dir}/ours.db`)).close();
    const theirs = schemaOf(join(dir, 'theirs.db'));
    expect(theirs.tables.length).toBe(13);
    expect(theirs.tables.flatMap(({ foreign }) => foreign).length).toBeGreaterThanOrEqual(10);
    expect(schemaOf(join(dir, 'ours.db'))).toEqual(theirs);
  });

  test("does all that Optuna's storage does, with the very results that Optuna's own file gives", async () => {
    const dir = await folder();
    const [whole, held, theirs] = ['whole.db', 'held.db', 'theirs.db'].map((name) => join(dir, name)) as [
      string,
      string,
      string,
    ];
    await (await opened(`sqlite:${whole}`)).close();
    // This one stays open here, in WAL mode, with a connection of ours to it.
    const storage = await openStorage(`sqlite:${held}`);
    const [expected, ...got] = await Promise.all([
      runOptuna('storage_operations.py', theirs),
      // Tables are created where they are missing: none may be.
      runOptuna('storage_operations.py', whole),
      // As dashboards open a file: nothing is created at all.
      runOptuna('storage_operations.py', held, ['made']),
    ]);
    expect(expected.split('\n').length).toBeGreaterThan(50);
    expect(got[0]).toBe(expected);
    expect(got[1]).toBe(expected);
    expect(schemaOf(whole)).toEqual(schemaOf(theirs));
    // And what is left of it is read here.
    const { id } = (await storage.findStudy('front')) ?? { id: Number.NaN };
    expect((await storage.rows(id, 0, 100)).map(({ state }) => state)).toEqual([
      ...['complete', 'complete', 'pruned', 'fail', 'complete', 'complete', 'complete'],
    ]);
    await storage.close();
  });

  test('is a plain file when the last program has closed it, and not before', async () => {
    const path = join(await folder(), 'study.db');
    // Bytes 18 and 19 of the header: 2 is WAL, which dashboards in a browser or an editor cannot open.
    const mode = () => [...readFileSync(path).subarray(18, 20)];
    const first = await opened(`sqlite:${path}`);
    const second = await opened(`sqlite:${path}`);
    await first.createStudy({ name: 's', directions: ['minimize'], seed: 1, spec: {}, createdAtMs: 0 });
    expect(mode()).toEqual([2, 2]);
    await first.close();
    expect(mode()).toEqual([2, 2]);
    await second.close();
    expect(mode()).toEqual([1, 1]);
    const said = await askOptuna<object>('dashboard.py', path);
    expect(said).toEqual({ studies: ['s'], trials: 0 });
    expect(mode()).toEqual([1, 1]);
  });
});
