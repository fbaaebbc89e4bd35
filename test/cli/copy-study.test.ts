import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { openStorage } from '../../src/storage/open.js';
import { hpo, makeProject, makeSweep, runHere, spawnHpo, until } from '../support/cli.js';
import { runOptuna } from '../support/optuna.js';
import { inPostgres, newPostgres } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

/** What `hpo export-csv` prints of a study. */
const table = (cwd: string, study: string, storage: string) =>
  hpo(cwd, 'export-csv', '--study', study, '--storage', storage, '--out', '-');

test('a study is copied to another file with everything that is shown of it, and never over another one', async () => {
  const cwd = makeSweep();
  await hpo(cwd, 'optimize');
  await hpo(cwd, 'note', '1', 'a note', '--tag', 'kept');
  const copied = await hpo(cwd, 'study', 'copy', 's', '--to', 'sqlite:copy.db');
  expect(copied).toContain('copied study s with 3 trials to s in sqlite:copy.db');
  expect(await table(cwd, 's', 'sqlite:copy.db')).toBe(await table(cwd, 's', 'sqlite:storage/hpo.db'));
  const shown = async (storage: string) => {
    const [study] = JSON.parse(await hpo(cwd, 'study', 'list', '--json', '--storage', storage)) as {
      uid: string;
    }[];
    return study;
  };
  const [original, copy] = [await shown('sqlite:storage/hpo.db'), await shown('sqlite:copy.db')];
  expect({ ...copy, uid: original?.uid }).toEqual(original);
  expect(copy?.uid).not.toBe(original?.uid);
  const again = await runHere(['study', 'copy', 's', '--to', 'sqlite:copy.db'], { cwd });
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('storage.study-exists')]);
  await hpo(cwd, 'study', 'copy', 's', '--to', 'sqlite:copy.db', '--as', 'second');
  const second = await table(cwd, 'second', 'sqlite:copy.db');
  expect(second.replaceAll('second,', 's,')).toBe(await table(cwd, 's', 'sqlite:copy.db'));
  // A copy resumes where the original ended.
  await hpo(cwd, 'optimize', '--storage', 'sqlite:copy.db', '--study', 'second');
});

describeWithReal('optuna-postgres', 'studies of a file and of a server', () => {
  test('are copied both ways without loss, those of hpo and those of Optuna', async () => {
    const cwd = makeProject();
    const url = await newPostgres();
    const path = join(cwd, 'first.db');
    const storage = await openStorage(`sqlite:${path}`);
    const { everyState } = await import('../storage/every-state.js');
    const { World } = await import('../storage/world.js');
    const spec = { objectives: [{ metric: 'loss' }] };
    const { id } = await storage.createStudy({
      name: 'ours',
      directions: ['minimize'],
      seed: 1,
      spec,
      createdAtMs: 1,
    });
    const world = new World(storage, id);
    for (const each of everyState) await world.apply(each);
    const finished: number[] = [];
    for (const { trial, attempt } of await storage.unfinished(id)) {
      if (trial.state === 'running' && attempt?.finishedAtMs === null) finished.push(trial.number);
    }
    await storage.close();
    await runOptuna('work_on_study.py', path, ['theirs']);
    // Of another study, so that ids differ.
    await runOptuna('work_on_study.py', url, ['other']);
    await runOptuna('work_on_study.py', url, ['another']);
    for (const study of ['ours', 'theirs']) {
      await hpo(cwd, 'study', 'copy', study, '--storage', 'sqlite:first.db', '--to', url);
      await hpo(cwd, 'study', 'copy', study, '--storage', url, '--to', 'sqlite:second.db');
    }
    const [first, there, second] = await Promise.all(
      [`sqlite:${path}`, url, `sqlite:${join(cwd, 'second.db')}`].map(async (each) => {
        const open = await openStorage(each);
        const found = [];
        for (const name of ['ours', 'theirs']) {
          const study = await open.findStudy(name);
          const rows = await open.rows(study?.id ?? 0, 0, 100);
          const metrics = await open.metricsFrom(study?.id ?? 0, 0, 100);
          // Trials that run in the original are queued in a copy.
          const kept = rows.filter(({ number }) => name === 'theirs' || !finished.includes(number));
          found.push({
            rows: kept.map(({ id: _, ...row }) => row),
            metrics: metrics.filter(({ trial }) => !finished.includes(trial) || name === 'theirs'),
            attributes: [...(await open.readTrialAttributes(study?.id ?? 0, 0, 100))],
          });
        }
        await open.close();
        return found;
      }),
    );
    expect(there).toEqual(first);
    expect(second).toEqual(first);
    expect(first?.[0]?.rows.length).toBeGreaterThan(3);
    expect(await table(cwd, 'theirs', url)).toBe(await table(cwd, 'theirs', 'sqlite:first.db'));
  });

  test('a copy that is killed in the middle leaves nothing, and the next one is whole', async () => {
    const cwd = makeSweep();
    await hpo(cwd, 'optimize');
    const url = await newPostgres();
    await (await openStorage(url)).close();
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE trial_values IN ACCESS EXCLUSIVE MODE');
    const copying = spawnHpo(['study', 'copy', 's', '--to', url], { cwd });
    const sessions = (where: string) =>
      inPostgres(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
          AND pid <> pg_backend_pid() AND ${where}`,
        url,
      );
    await until(async () => (await sessions("wait_event_type = 'Lock'")).length > 0);
    copying.kill('SIGKILL');
    await copying.ended;
    await holder.query('ROLLBACK');
    await holder.end();
    await until(async () => (await sessions('TRUE')).length === 0);
    for (const name of ['studies', 'trials', 'hpo_studies', 'hpo_trials', 'trial_params'])
      expect(await inPostgres(`SELECT COUNT(*)::int AS n FROM ${name}`, url)).toEqual([{ n: 0 }]);
    await hpo(cwd, 'study', 'copy', 's', '--to', url);
    expect(await table(cwd, 's', url)).toBe(await table(cwd, 's', 'sqlite:storage/hpo.db'));
  });
});
