import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { Progress } from '../../src/loggers/terminal/progress.js';
import { knownTrials } from '../../src/results/known-trials.js';
import { ResultsFeed } from '../../src/results/results-feed.js';
import type { ResultsStudy } from '../../src/results/results-study.js';
import { standingOf } from '../../src/results/standing.js';
import { packResults, unpackResults } from '../../src/results/stored-results.js';
import { TableTrial } from '../../src/results/table-trial.js';
import { TrialFields } from '../../src/results/trial-fields.js';
import type { TrialTable } from '../../src/results/trial-table.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage, StudyRecord } from '../../src/storage/storage.js';
import { ViewCache } from '../../src/study/view.js';
import { type Command, command } from '../storage/command.js';
import { folder, newStudy } from '../storage/support.js';
import { World } from '../storage/world.js';

const space = makeSpace([
  { name: 'layers', distribution: int(1, 8) },
  { name: 'lr', distribution: float(1e-5, 1, { log: true }) },
  { name: 'opt', distribution: categorical(['sgd', 'adam', null]) },
]);
const objectives = [{ metric: 'loss', direction: 'minimize', reduce: 'last' }] as const;
const REPEATS = 2;

/** What happens beside hpo: Optuna adds a trial, a program edits one that is finished, a backup is restored. */
const other = fc.oneof(
  fc.record({ do: fc.constant('optuna'), value: fc.nat({ max: 9 }), layers: fc.nat({ max: 8 }) }),
  fc.record({ do: fc.constant('edit'), trial: fc.nat({ max: 7 }), value: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constant('save') }),
  fc.record({ do: fc.constant('backup') }),
  fc.record({ do: fc.constant('revert') }),
) as fc.Arbitrary<Command>;

/** A trial as Optuna 4 writes it: complete, or still running without a value. */
function addOptunaTrial(path: string, { value, layers }: Command): void {
  const db = new Database(path);
  const isComplete = Number(value) > 2;
  const { n } = db.prepare('SELECT COUNT(*) AS n FROM trials WHERE study_id = 1').get() as { n: number };
  const state = isComplete ? 'COMPLETE' : 'RUNNING';
  const { lastInsertRowid: id } = db
    .prepare(
      "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?, 1, ?, '2025-01-01 00:00:00')",
    )
    .run(n, state);
  const distribution =
    '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 8}}';
  db.prepare(
    'INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)',
  ).run(id, 'layers', Math.max(1, Number(layers)), distribution);
  db.prepare(
    "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?, 1, ?, 'FINITE')",
  ).run(id, value);
  if (isComplete)
    db.prepare(
      "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, 'FINITE')",
    ).run(id, value);
  db.close();
}

function editTrial(path: string, { trial, value }: Command): void {
  const db = new Database(path);
  db.prepare(
    'UPDATE trial_values SET value = ? WHERE trial_id = (SELECT trial_id FROM trials WHERE number = ?)',
  ).run(value, trial);
  db.close();
}

/** Everything that a table holds, in words. */
function contentOf(table: TrialTable) {
  return Array.from({ length: table.length }, (_, row) => ({
    state: table.states.get(row),
    configuration: table.configurations.get(row),
    values: table.valuesOf(row),
    violations: table.violationsOf(row),
    ...table.paramsOf(row),
    tags: table.tagsOf(row),
    note: table.notes.get(row),
    reason: table.reasons.get(row),
    curve: table.curves.get(row),
    metrics: Object.fromEntries([...table.metrics].map(([name, column]) => [name, column.get(row)])),
    seed: table.seeds.get(row),
    attempts: table.attempts.get(row),
  }));
}

/** What the display of a sweep would begin with when it was given every configuration. */
async function wholeProgress(storage: Storage, record: StudyRecord): Promise<Progress> {
  const cache = new ViewCache(storage, record);
  const { configs } = await cache.read();
  const numbers = new Map(cache.configs().map(({ config }) => [config.key, config.number]));
  const ended = ['complete', 'pruned', 'fail'];
  const trials = configs.flatMap((config) => config.trials);
  return new Progress({
    objectives,
    repeats: REPEATS,
    slots: 1,
    paused: [],
    timeoutMs: null,
    startedAtMs: 0,
    total: null,
    done: trials.filter(({ state }) => ended.includes(state)).length,
    configurations: configs.map(({ key, trials: all, violations }) => ({
      number: numbers.get(key) ?? null,
      trials: all
        .filter(({ state }) => ended.includes(state))
        .map(({ number, state, values }) => ({ number, state, values, violations })),
    })),
  });
}

test('views and progress that begin with stored results are those that read everything, whatever happened to the file', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: command }, { weight: 1, arbitrary: other }), {
        minLength: 20,
        maxLength: 50,
      }),
      async (actions) => {
        const place = await folder();
        const [path, backup] = [join(place, 'study.db'), join(place, 'backup.db')];
        let storage = await openStorage(`sqlite:${path}`);
        const record = await newStudy(storage);
        const study: ResultsStudy = { id: record.id, seed: 1, space, spec: { objectives, repeats: REPEATS } };
        const world = () => Object.assign(new World(storage, record.id), kept);
        let kept: Partial<World> = {};
        let bytes: Buffer | null = null;
        let hasBackup = false;
        let live = new ResultsFeed(storage, study);
        const reopen = async () => {
          await storage.close();
          if (hasBackup) await copyFile(backup, path);
          storage = await openStorage(`sqlite:${path}`);
          live = new ResultsFeed(storage, study);
        };
        const check = async () => {
          const stored = new ResultsFeed(storage, study);
          if (bytes !== null) {
            const unpacked = unpackResults(new Uint8Array(bytes), study);
            if (unpacked) await stored.restore(unpacked);
          }
          const fresh = new ResultsFeed(storage, study);
          for (const feed of [stored, fresh, live]) await feed.update();
          const view = await new ViewCache(storage, record).read();
          const whole = await wholeProgress(storage, record);
          const fields = new TrialFields(
            { objectives, parameters: ['layers', 'lr', 'opt', 'momentum'], metrics: ['loss', 'accuracy'] },
            0,
          );
          const rows = await storage.rows(record.id, 0, 1000);
          const listed = new TableTrial(fresh.table);
          for (const row of rows) {
            listed.number = row.number;
            for (const name of fields.known)
              expect([name, fields.find(name)?.value(listed)]).toEqual([name, fields.find(name)?.value(row)]);
          }
          for (const feed of [stored, live]) {
            expect(contentOf(feed.table)).toEqual(contentOf(fresh.table));
            const cache = new ViewCache(storage, record);
            cache.beginWith(async () => knownTrials(feed));
            expect(await cache.read()).toEqual(view);
            const progress = new Progress({
              objectives,
              repeats: REPEATS,
              slots: 1,
              paused: [],
              timeoutMs: null,
              startedAtMs: 0,
              total: null,
              ...standingOf(feed.model, ['complete', 'pruned', 'fail']),
            });
            expect([progress.countText(), progress.bestText()]).toEqual([
              whole.countText(),
              whole.bestText(),
            ]);
          }
        };
        for (const [k, action] of actions.entries()) {
          if (action.do === 'optuna') addOptunaTrial(path, action);
          else if (action.do === 'edit') editTrial(path, action);
          else if (action.do === 'save') {
            await live.update();
            const stored = live.stored();
            if (stored) bytes = Buffer.concat(packResults(stored, study));
          } else if (action.do === 'backup') {
            await storage.close();
            await copyFile(path, backup);
            hasBackup = true;
            storage = await openStorage(`sqlite:${path}`);
            live = new ResultsFeed(storage, study);
          } else if (action.do === 'revert') await reopen();
          else {
            const acted = world();
            await acted.apply(action);
            const { storage: _, studyId: __, ...rest } = acted;
            kept = rest;
          }
          if (k % 12 === 11) await check();
        }
        await check();
        await storage.close();
      },
    ),
    { numRuns: 12 },
  );
});
