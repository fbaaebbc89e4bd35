import { expect, test, vi } from 'vitest';
import { openStorage } from '../../../src/storage/open.js';
import { readTrialRow } from '../../../src/storage/trial-row.js';
import { askOptuna, runOptuna } from '../../support/optuna.js';
import { inPostgres, newPostgres } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { waitingIn } from '../lookups.js';
import { ask, attemptOf, ending, newStudy, opened, T0 } from '../support.js';

// Other programs start here, which a busy machine makes slow.
vi.setConfig({ testTimeout: 120_000 });

/** Everything that the server knows of the tables that are not hpo's alone. */
async function schemaOf(url: string) {
  const rows = (sql: string) => inPostgres(sql, url);
  return {
    columns: await rows(
      `SELECT table_name, ordinal_position, column_name, column_default, is_nullable, udt_name, character_maximum_length
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'hpo%' ORDER BY 1, 2`,
    ),
    constraints: await rows(
      `SELECT conrelid::regclass::text AS "table", conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'hpo%' AND conrelid <> 0 ORDER BY 1, 2`,
    ),
    indexes: await rows(
      "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE 'hpo%' ORDER BY 1",
    ),
    types: await rows(
      'SELECT typname, enumlabel, enumsortorder FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid ORDER BY 1, 3',
    ),
    versions: [
      await rows('SELECT * FROM alembic_version'),
      await rows('SELECT version_info_id, schema_version FROM version_info'),
    ],
  };
}

describeWithReal('optuna-postgres', 'a database of a server, together with the real Optuna', () => {
  test("has every table as Optuna declares it, and does all that Optuna's storage does", async () => {
    const [ours, theirs] = [await newPostgres(), await newPostgres()];
    // It stays open here.
    const storage = await opened(ours);
    const [expected, got] = await Promise.all([
      runOptuna('storage_operations.py', theirs),
      runOptuna('storage_operations.py', ours, ['made']),
    ]);
    expect(expected.split('\n').length).toBeGreaterThan(50);
    expect(got).toBe(expected);
    expect(await schemaOf(ours)).toEqual(await schemaOf(theirs));
    const { id } = (await storage.findStudy('front')) ?? { id: Number.NaN };
    expect((await storage.rows(id, 0, 100)).map(({ state }) => state)).toEqual([
      ...['complete', 'complete', 'pruned', 'fail', 'complete', 'complete', 'complete'],
    ]);
  });

  test('a database that Optuna made is read as it is, and gets the tables of hpo from a writer', async () => {
    const url = await newPostgres();
    await runOptuna('work_on_study.py', url, ['theirs']);
    const reader = await openStorage(url, { readOnly: true, create: false });
    const { id } = (await reader.findStudy('theirs')) ?? { id: Number.NaN };
    const before = await reader.rows(id, 0, 10);
    expect(before.map(({ state }) => state)).toEqual(['complete', 'pruned', 'fail', 'running', 'waiting']);
    expect((await reader.changedTrials(id, null, 10)).trials).toHaveLength(5);
    await reader.close();
    expect(await inPostgres("SELECT 1 FROM pg_tables WHERE tablename LIKE 'hpo%'", url)).toEqual([]);
    const storage = await opened(url);
    expect(await storage.rows(id, 0, 10)).toEqual(before);
    expect((await storage.changedTrials(id, null, 10)).trials).toHaveLength(5);
  });

  test('workers of Optuna and hpo share one study and one sequence of trials, at the same time', async () => {
    const url = await newPostgres();
    const storage = await opened(url);
    const spec = { objectives: [{ metric: 'score' }] };
    const study = await storage.createStudy({
      name: 's',
      directions: ['maximize'],
      seed: 1,
      spec,
      createdAtMs: T0,
    });
    const token = await storage.changeToken();
    const { mark } = await storage.changedTrials(study.id, null, 100);
    const workers = Promise.all([1, 2].map(() => runOptuna('work_on_study.py', url, ['s'])));
    let last = 0;
    const seen = new Set<number>();
    let isDone = false;
    workers.then(
      () => {
        isDone = true;
      },
      () => {
        isDone = true;
      },
    );
    for (let k = 1; !isDone || k < 20; k++) {
      if (k < 20) {
        const asked = await ask(storage, study.id, { lr: k / 20 });
        await storage.report(asked.trial.id, attemptOf(asked), [
          { name: 'score', step: 0, value: k, objective: true },
        ]);
        await storage.finish(asked.trial.id, attemptOf(asked), ending({ values: [k] }));
      }
      // A reader that asks for ids above the highest that it knows misses none.
      const { trials } = await storage.changes(study.id, { configId: 0, trialId: last, unfinished: [] });
      for (const { id, number } of trials) {
        last = id;
        seen.add(number);
      }
    }
    await workers;
    expect(await storage.changeToken()).not.toBe(token);
    const rows = await storage.rows(study.id, 0, 100);
    // One worker may take the trial that the other one enqueued.
    expect([28, 29]).toContain(rows.length);
    expect(rows.map(({ number }) => number)).toEqual([...rows.keys()]);
    const { trials } = await storage.changes(study.id, { configId: 0, trialId: last, unfinished: [] });
    for (const { number } of trials) seen.add(number);
    expect(seen.size).toBe(rows.length);
    expect((await storage.changedTrials(study.id, mark, 100)).trials).toHaveLength(rows.length);
    const read = await askOptuna<{ trials: { number: number; state: string; values: number[] }[] }>(
      'read_study.py',
      url,
      ['s'],
    );
    expect(read.trials.map(({ state }) => state.toLowerCase())).toEqual(rows.map(({ state }) => state));
    expect(read.trials.map(({ values }) => values)).toEqual(rows.map(({ values }) => values));
  });

  test('an enqueued trial is taken once, and a study that Optuna deletes takes the rows of hpo with it', async () => {
    const url = await newPostgres();
    const storage = await opened(url);
    const kept = await newStudy(storage, 'kept');
    const asked = await ask(storage, kept.id, { lr: 0.5 });
    const gone = await newStudy(storage, 'gone');
    const other = await ask(storage, gone.id, { lr: 0.5 });
    await storage.report(other.trial.id, attemptOf(other), [
      { name: 'loss', step: 0, value: 1, objective: true },
    ]);
    await storage.enqueue(gone.id, [{ lr: 0.1 }]);
    expect(await waitingIn(storage, gone.id)).toHaveLength(1);
    await runOptuna('work_on_study.py', url, ['more', 'gone']);
    expect(await storage.findStudy('gone')).toBeNull();
    for (const table of ['hpo_trials', 'hpo_attempts', 'hpo_configurations', 'hpo_studies'])
      expect(await inPostgres(`SELECT COUNT(*)::int AS n FROM ${table}`, url)).toEqual([{ n: 1 }]);
    expect(await inPostgres('SELECT COUNT(*)::int AS n FROM hpo_metrics', url)).toEqual([{ n: 0 }]);
    expect(await storage.finish(asked.trial.id, attemptOf(asked), ending())).toBe(true);
    expect(await readTrialRow(storage, kept.id, 0)).toMatchObject({ state: 'complete' });
  });
});
