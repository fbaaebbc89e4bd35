import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStorage } from '../../src/storage/open.js';
import { fromPythonJson } from '../../src/storage/python-json.js';
import type { Storage } from '../../src/storage/storage.js';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { askOptuna } from '../support/optuna.js';
import { describeWithReal, hasNodeSqlite } from '../support/real-part.js';
import { countOf, waitingIn } from './lookups.js';
import { ask, folder, newStudy } from './support.js';

vi.setConfig({ testTimeout: 120_000 });

type Said = Readonly<
  Record<string, { trials: number; states: string[]; best: number | null; front: number[] | null }>
>;

/** All there is to read of every study. */
async function readAll(storage: Storage) {
  const studies = await storage.listStudies();
  const all = { configId: 0, trialId: 0, unfinished: [] };
  return Promise.all(
    studies.map(async ({ id, name }) => ({
      found: await storage.findStudy(name),
      survey: await storage.parameterSummary(id),
      changes: await storage.changes(id, all),
      rows: await storage.rows(id, 0, 1000),
      counts: [
        await countOf(storage, id, 'trials'),
        await countOf(storage, id, 'external'),
        await countOf(storage, id, 'epochs'),
      ],
      waiting: await waitingIn(storage, id),
      unfinished: await storage.unfinished(id),
      owners: await storage.owners(id),
      metrics: [(await storage.columns(id)).metrics, await storage.metrics(id, 0)],
    })),
  );
}

/** Every file of a folder, by the hash of its bytes. */
function bytesOf(path: string): Record<string, string> {
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(path, name)))
      .digest('hex');
  return Object.fromEntries(readdirSync(path).map((name) => [name, hash(name)]));
}

const drivers = ['better-sqlite3', ...(hasNodeSqlite() ? ['node-sqlite'] : [])];

describeWithReal('optuna', 'a file that Optuna made', () => {
  const made = mkdtempSync(join(tmpdir(), 'hpo-optuna-'));
  let said: Said;
  beforeAll(async () => {
    said = await askOptuna<Said>('foreign_studies.py', join(made, 'theirs.db'));
  }, 120_000);
  afterAll(() => rmSync(made, { recursive: true, force: true }));
  /** A copy in a folder of its own. */
  const copied = async (): Promise<string> => {
    const dir = await folder();
    copyFileSync(join(made, 'theirs.db'), join(dir, 'theirs.db'));
    return dir;
  };

  test.each(drivers)('is read to the last row and left as it is, byte for byte, over %s', async (driver) => {
    const dir = await copied();
    const before = bytesOf(dir);
    vi.stubEnv('HPO_SQLITE_DRIVER', driver);
    const storage = await openStorage(`sqlite:${dir}/theirs.db`, { create: false, readOnly: true });
    const read = await readAll(storage);
    // Nothing can be written into a file that is only read.
    const study = read[0]?.found?.id as number;
    await expect(storage.updateStudy(study, {})).rejects.toMatchObject({ code: 'storage.failed' });
    await expect(newStudy(storage)).rejects.toMatchObject({ code: 'storage.failed' });
    await storage.close();
    vi.unstubAllEnvs();
    expect(bytesOf(dir)).toEqual(before);

    const states = read.map(({ found, rows }) => [found?.name, rows.map((row) => row.state.toUpperCase())]);
    expect(states.length).toBeGreaterThanOrEqual(10);
    expect(Object.fromEntries(states)).toEqual(
      Object.fromEntries(Object.entries(said).map(([name, each]) => [name, each.states])),
    );
  });

  test('gets our tables when it is first written to, and Optuna reads it as before', async () => {
    const path = join(await copied(), 'theirs.db');
    const reading = await openStorage(`sqlite:${path}`, { create: false, readOnly: true });
    const before = await readAll(reading);
    await reading.close();
    const storage = await openStorage(`sqlite:${path}`);
    expect(await readAll(storage)).toEqual(before);
    const study = await newStudy(storage, 'ours');
    await ask(storage, study.id, { lr: 0.5 });
    // From here on the file is ours as well: reading it waits for no migration and hides nothing.
    const again = await openStorage(`sqlite:${path}`, { create: false, readOnly: true });
    expect((await again.rows(study.id, 0, 10)).map((row) => row.configuration)).toEqual([0]);
    await again.close();
    await storage.close();
    const file = new Database(path, { readonly: true });
    expect(file.prepare('PRAGMA journal_mode').pluck().get()).toBe('delete');
    file.close();
  });

  test('tells what its trials searched, with every range they had', async () => {
    const path = join(await copied(), 'theirs.db');
    const storage = await openStorage(`sqlite:${path}`, { readOnly: true });
    const surveyOf = async (name: string) =>
      storage.parameterSummary((await storage.findStudy(name))?.id ?? Number.NaN);
    const float = { kind: 'float', log: false, step: null };
    expect(await surveyOf('plain')).toMatchObject({
      metricNames: ['accuracy'],
      trials: 26,
      parameters: [
        { name: 'lr', trials: 26, distributions: [{ kind: 'float', low: 1e-5, high: 1, log: true }] },
        { name: 'layers', distributions: [{ kind: 'int', low: 1, high: 8, step: 1 }] },
        { name: 'drop', distributions: [{ kind: 'float', low: 0, high: 0.5, step: 0.25 }] },
        { name: 'act', distributions: [{ kind: 'categorical', choices: ['relu', 'tanh'] }] },
      ],
    });
    const mixed = ['a', null, true, 1.5, 3, '[1, 2]', '{"k": "v"}'];
    expect((await surveyOf('mixed')).parameters[0]?.distributions).toMatchObject([{ choices: mixed }]);
    expect((await surveyOf('conditional')).parameters.map(({ name, trials }) => [name, trials])).toEqual([
      ['kind', 12],
      ['depth', 6],
      ['c', 6],
    ]);
    const dynamic = (await surveyOf('dynamic')).parameters;
    expect(dynamic[1]?.distributions).toEqual(
      [0, 1, 2, 3, 4, 5].map((n) => ({ ...float, low: -1 - n, high: 9 })),
    );
    expect(await surveyOf('bare')).toEqual({ metricNames: null, parameters: [], trials: 2 });
    await storage.close();
  });

  test('an old one: distributions by their old names, and attributes that are no JSON', async () => {
    const path = join(await folder(), 'old.db');
    const said = await askOptuna<{ params: object; distributions: object }>('old_study.py', path);
    const storage = await openStorage(`sqlite:${path}`, { readOnly: true });
    const row = await readTrialRow(storage, 1, 0);
    expect(row?.params).toEqual(said.params);
    const { parameters } = await storage.parameterSummary(1);
    expect(Object.fromEntries(parameters.map(({ name, distributions: [d] }) => [name, d]))).toEqual({
      u: { kind: 'float', low: 0, high: 1, log: false, step: null },
      l: { kind: 'float', low: 1e-4, high: 1, log: true, step: null },
      d: { kind: 'float', low: 0, high: 1, log: false, step: 0.25 },
      i: { kind: 'int', low: 0, high: 10, log: false, step: 2 },
      j: { kind: 'int', low: 1, high: 64, log: true, step: 1 },
      c: { kind: 'categorical', choices: ['a', 'b'], ordered: false },
    });
    expect(Object.keys(said.distributions).sort()).toEqual(['c', 'd', 'i', 'j', 'l', 'u']);
    await storage.close();
    const file = new Database(path, { readonly: true });
    const odd = file.prepare('SELECT value_json FROM trial_user_attributes').pluck().get() as string;
    file.close();
    const far = Number.POSITIVE_INFINITY;
    expect(fromPythonJson(odd)).toEqual({ NaN: [Number.NaN, far, -far, 'NaN'] });
  });
});
