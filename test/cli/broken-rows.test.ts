import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { OPTUNA_SCHEMA } from '../../src/storage/migrations/optuna-schema.js';
import { openStorage } from '../../src/storage/open.js';
import { hpo, makeProject, runHere, sweepFile } from '../support/cli.js';

let made: Promise<Record<string, Buffer>> | null = null;

/** Files of a project whose database has two studies with results; made once. */
function filesOfTwoStudies(): Promise<Record<string, Buffer>> {
  made ??= (async () => {
    const cwd = makeProject({ 'cfg/sweep.yaml': sweepFile({ sampler: 'tpe', trials: 3, seeds: [7] }) });
    await hpo(cwd, 'optimize');
    await hpo(cwd, 'optimize', '--study', 'broken');
    const names = ['cfg/sweep.yaml', 'storage/hpo.db'];
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(cwd, name))]));
  })();
  return made;
}

/** Two studies with results in one database; `change` writes into it as hpo itself never would. */
async function twoStudies() {
  const files = await filesOfTwoStudies();
  const cwd = makeProject();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(cwd, dirname(name)), { recursive: true });
    writeFileSync(join(cwd, name), bytes);
  }
  const change = (statement: string, ...args: unknown[]) => {
    const database = new Database(join(cwd, 'storage/hpo.db'));
    try {
      database.pragma('foreign_keys = OFF');
      for (const { name } of database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% UPDATE OF %'")
        .all() as {
        name: string;
      }[])
        database.exec(`DROP TRIGGER ${name}`);
      database.prepare(statement).run(...args);
    } finally {
      database.close();
    }
  };
  return { cwd, change };
}

const ID = "(SELECT study_id FROM studies WHERE study_name = 'broken')";
const OF_BROKEN = `WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ${ID})`;
const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);

/** A table with a column for the parameter x. */
const TABLE = /^.* x\b.*\n.* [123]\b/;

test.each([
  ['no JSON', '{'],
  ['deep JSON', DEEP],
])('a study whose specification is %s harms itself alone', async (_, spec) => {
  const { cwd, change } = await twoStudies();
  change(`UPDATE hpo_studies SET spec_json = ? WHERE study_id = ${ID}`, spec);
  const { code, stdout, stderr } = await runHere(['study', 'list'], { cwd });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^warning: study broken cannot be read: expected /),
  });
  expect(stdout).toMatch(/^s +minimize +3 +3 /m);
  expect(stdout).toMatch(/^broken \(broken\) /m);
  expect(JSON.parse(await hpo(cwd, 'study', 'list', '--json'))).toMatchObject([
    { name: 's', broken: null },
    { name: 'broken', broken: expect.any(String) },
  ]);
  expect(await hpo(cwd, 'best', '--study', 's')).toMatch(TABLE);
  expect(await hpo(cwd, 'optimize', '--trials', '+1')).toContain('complete');
  for (const args of [
    ['best', '--study', 'broken'],
    ['trials', '--study', 'broken'],
    ['summary', '--study', 'broken'],
    ['show', '0', '--study', 'broken'],
    ['plot', 'history', '--study', 'broken'],
    ['compare', 's', 'broken'],
    ['study', 'show', 'broken'],
    ['optimize', '--study', 'broken'],
  ]) {
    const refused = await runHere(args, { cwd });
    expect([args[0], refused.code, refused.stderr.split('\n')[0]]).toEqual([
      args[0],
      1,
      expect.stringMatching(/^error\[storage\.corrupt-row\]: a row of .* cannot be read: expected /),
    ]);
    expect(refused.stderr).not.toMatch(/\n {4}at /);
  }
  expect(await hpo(cwd, 'study', 'delete', 'broken', '--yes')).toContain('deleted');
  expect((await runHere(['study', 'list'], { cwd })).stderr).toBe('');
});

test('whatever a specification holds, the study is refused in words', async () => {
  const { cwd, change } = await twoStudies();
  for (const spec of ['[]', '{}', '"x"', '{"objectives": [], "space": {"params": [{}]}}']) {
    change(`UPDATE hpo_studies SET spec_json = ? WHERE study_id = ${ID}`, spec);
    const { code, stderr } = await runHere(['best', '--study', 'broken'], { cwd });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error\[storage\.corrupt-row\]: the specification of study broken cannot be read/,
      ),
    ]);
  }
});

test.each([
  ['trials', `UPDATE trials SET state = 'WEIRD' ${OF_BROKEN}`],
  ['trials', `UPDATE hpo_configurations SET params_json = '[1]' WHERE study_id = ${ID}`],
  ['trials', `UPDATE trial_values SET value = x'00' ${OF_BROKEN}`],
  ['trials', `UPDATE hpo_attempts SET device = x'00' ${OF_BROKEN}`],
  ['trials', `UPDATE hpo_attempts SET inherited_json = '{"a": 1}' ${OF_BROKEN}`],
  ['best', `UPDATE hpo_configurations SET params_json = '{"x": [1]}' WHERE study_id = ${ID}`],
  ['best', `UPDATE trial_values SET value = x'00' ${OF_BROKEN}`],
  ['best', `UPDATE trial_intermediate_values SET step = 'text' || step ${OF_BROKEN}`],
])('hpo %s says which row it cannot read, and reads the other study: %s', async (command, statement) => {
  const { cwd, change } = await twoStudies();
  change(statement);
  const { code, stderr } = await runHere([command, '--study', 'broken'], { cwd });
  expect([code, stderr.split('\n')[0]]).toEqual([
    1,
    expect.stringMatching(/^error\[storage\.corrupt-row\]: a row of /),
  ]);
  expect(stderr).not.toMatch(/\n {4}at /);
  expect(await hpo(cwd, command, '--study', 's')).toMatch(TABLE);
});

const ENDLESS = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r) SELECT x FROM r';
const NAMES = OPTUNA_SCHEMA.flatMap((statement) => /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []);

test('a file with a view or a module in place of a table is refused before anything is asked of it', async () => {
  const cwd = makeProject();
  const names = [...NAMES, 'hpo_version', 'hpo_studies', 'hpo_trials', 'hpo_attempts', 'HPO_metrics'];
  for (const [k, name] of names.entries()) {
    const file = join(cwd, `view-${k}.db`);
    const database = new Database(file);
    for (const statement of OPTUNA_SCHEMA) database.exec(statement);
    database.pragma('foreign_keys = OFF');
    database.exec(`DROP TABLE IF EXISTS ${name}`);
    database.exec(k % 2 ? `CREATE VIEW ${name} AS ${ENDLESS}` : `CREATE VIRTUAL TABLE ${name} USING fts5(x)`);
    database.close();
    await expect(openStorage(`sqlite:${file}`, { create: false })).rejects.toMatchObject({
      code: 'storage.foreign-database',
      message: expect.stringContaining(`in place of the table ${name}`),
      usage: true,
    });
  }
});
