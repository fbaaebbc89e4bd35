import { expect, test } from 'vitest';
import { makeDelivery } from '../../../src/loggers/runs/delivery.js';
import { JournalFolder } from '../../../src/loggers/runs/journal-folder.js';
import { RunLogger } from '../../../src/loggers/runs/run-logger.js';
import type { RunEnd } from '../../../src/loggers/wandb/run-end.js';
import { makeWandbFormat, type WandbRows } from '../../../src/loggers/wandb/run-format.js';
import type { RunMetadata } from '../../../src/loggers/wandb/run-metadata.js';
import { findTarget, type Target } from '../../../src/loggers/wandb/target.js';
import { until } from '../../support/cli.js';
import { livenessAs } from '../../support/liveness.js';
import { loss, status } from '../runs/statuses.js';
import { finished, reported, started } from '../support.js';
import { FakeWandb } from './fixtures/server.js';
import { rowsOf, STUDY, stateOf, study } from './orchestrators.js';

test('a heartbeat keeps a silent run alive, and its summary shows what the open row holds', async () => {
  const { server, begin, run } = await study();
  const logger = begin({}, 20);
  logger.on(started(0));
  logger.on(reported(0, ['loss', 1, 0.5]));
  await until(() => (run('s-0')?.heartbeats ?? 0) >= 2);
  expect(JSON.parse(String(run('s-0')?.summary))).toMatchObject({ loss: 0.5, hpo_state: 'RUNNING' });
  expect(run('s-0')?.history).toEqual([]);
  logger.on(finished(0));
  await logger.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([[1, 0.5]]);
  expect(server.mistakes).toEqual([]);
});

test('one that died after the trial was stored as finished: rows and end come from the database', async () => {
  const { server, begin, journals, run } = await study();
  const first = begin();
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  await until(() => run('s-0')?.history.length === 1);
  first.die();
  const second = begin({ 0: status({}, loss(1, 3), loss(2, 2), loss(3, 1), loss(null, 0.5)) });
  await second.open();
  await second.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([
    [1, 3],
    [2, 2],
    [3, 1],
  ]);
  expect(JSON.parse(String(run('s-0')?.summary))).toMatchObject({
    loss: 0.5,
    hpo_state: 'COMPLETE',
    hpo_value: 0.5,
  });
  expect([run('s-0')?.exitcode, server.mistakes, journals()]).toEqual([0, [], []]);
});

test('one that died while the trial runs: it is reattached, reported again, and continues in the same run', async () => {
  const { server, begin, journals, isAcknowledged, run } = await study();
  const first = begin();
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  await until(() => run('s-0')?.history.length === 1 && isAcknowledged());
  first.die();
  const second = begin({ 0: status({ outcome: null }) });
  await second.open();
  second.on(started(0, { reattached: true }));
  second.on(reported(0, ['loss', 1, 3], ['loss', 2, 2], ['loss', 3, 1]));
  second.on(finished(0));
  await second.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([
    [1, 3],
    [2, 2],
    [3, 1],
  ]);
  expect([server.runs.size, run('s-0')?.exitcode, server.mistakes, journals()]).toEqual([1, 0, [], []]);
});

test('one that dies while another runs: its trial may be reattached at any time', async () => {
  const { server, begin, journals, run } = await study();
  const [first, second] = [begin(), begin()];
  await second.open();
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  await until(() => run('s-0')?.history.length === 1);
  first.die();
  second.on(started(0, { reattached: true }));
  second.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  second.on(finished(0));
  await second.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([
    [1, 3],
    [2, 2],
  ]);
  expect([server.runs.size, run('s-0')?.exitcode, server.mistakes, journals()]).toEqual([1, 0, [], []]);
});

test.each([
  [
    'was queued again',
    { 0: status({ outcome: { state: 'queued', values: null, feasible: null, reason: 'r' } }) },
    'QUEUED',
  ],
  ['is at its next attempt', { 0: status({ attempt: 2, outcome: null }) }, 'QUEUED'],
  ['is not known any more', {}, 'UNKNOWN'],
])('a run whose trial %s is closed by the next call', async (_, known, state) => {
  const { server, begin, journals, run } = await study();
  const first = begin();
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  await until(() => run('s-0') !== undefined);
  first.die();
  const second = begin(known);
  await second.open();
  await second.close(10_000);
  expect([stateOf(run('s-0')), run('s-0')?.exitcode]).toEqual([state, 1]);
  expect([server.mistakes, journals()]).toEqual([[], []]);
});

test('an attempt that resumes from a checkpoint: its run begins with what was left, also after a kill', async () => {
  const { server, begin, journals, run } = await study();
  const left = status({ attempt: 2, outcome: null }, loss(1, 4), loss(2, 3), loss(3, 9));
  const first = begin({ 0: left });
  first.on(started(0, { attempt: 2 }));
  first.on(reported(0, ['loss', 3, 2], ['loss', 4, 1]));
  await until(() => run('s-0')?.history.length === 3);
  first.die();
  const second = begin({ 0: left });
  await second.open();
  second.on(started(0, { attempt: 2, reattached: true }));
  second.on(reported(0, ['loss', 3, 2], ['loss', 4, 1], ['loss', 5, 0]));
  second.on(finished(0));
  await second.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([
    [1, 4],
    [2, 3],
    [3, 2],
    [4, 1],
    [5, 0],
  ]);
  expect([server.runs.size, run('s-0')?.exitcode, server.mistakes, journals()]).toEqual([1, 0, [], []]);
});

test('a further attempt that ends at once, before the database has answered, is closed all the same', async () => {
  const { server, begin, run } = await study();
  const logger = begin({ 0: status({ attempt: 2, outcome: null }, loss(1, 4)) });
  logger.on(started(0, { attempt: 2 }));
  logger.on(reported(0, ['loss', 2, 3]));
  logger.on(finished(0));
  await logger.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([
    [1, 4],
    [2, 3],
  ]);
  expect([run('s-0')?.exitcode, server.mistakes]).toEqual([0, []]);
});

test('a trial that another process finished is closed by what the database says', async () => {
  const { server, begin, journals, run } = await study();
  const logger = begin({ 0: status({}, loss(1, 3), loss(2, 2)) });
  logger.on(started(0));
  logger.on(reported(0, ['loss', 1, 3]));
  logger.on({ type: 'trial-taken-over', trial: 0 });
  await until(() => run('s-0')?.exitcode === 0);
  await logger.close(10_000);
  expect(rowsOf(run('s-0'))).toEqual([
    [1, 3],
    [2, 2],
  ]);
  expect([server.mistakes, journals()]).toEqual([[], []]);
});

test('a run that someone deleted at W&B is let go, and the others arrive', async () => {
  const { server, told, begin, journals, run } = await study();
  const logger = begin();
  for (const trial of [0, 1]) logger.on(started(trial));
  await until(() => server.runs.size === 2);
  for (const [id, { upserts }] of server.runs) if (upserts[0]?.displayName === 's-0') server.runs.delete(id);
  for (const trial of [0, 1]) {
    logger.on(reported(trial, ['loss', 1, 3]));
    logger.on(finished(trial));
  }
  await logger.close(10_000);
  expect(rowsOf(run('s-1'))).toEqual([[1, 3]]);
  expect(told).toEqual([
    expect.stringMatching(/^W&B refuses the run s-0: HTTP 404 .*; its rows are dropped$/),
  ]);
  expect(journals()).toEqual([]);
});

test('what does not arrive in time is counted, kept, and sent by the next', async () => {
  const { server, told, begin, run } = await study();
  server.fault = () => ({ kind: 'status', status: 500 });
  const first = begin();
  for (const trial of [0, 1]) {
    first.on(started(trial));
    first.on(reported(trial, ['loss', 1, 3], ['loss', 2, 1]));
  }
  first.on(finished(0));
  // Some have been tried again by now.
  await until(() => server.requests.length >= 3);
  await first.close(10);
  expect(told.at(-1)).toBe('W&B: 1 run with 2 rows not delivered (HTTP 500 (a fault)); later');
  server.fault = () => null;
  const second = begin({ 1: status({}, loss(1, 3), loss(2, 1)) });
  await second.open();
  await second.close(10_000);
  for (const name of ['s-0', 's-1'])
    expect(rowsOf(run(name))).toEqual([
      [1, 3],
      [2, 1],
    ]);
  expect(server.mistakes).toEqual([]);
});

test('a folder that cannot be written is reported once and disturbs nothing', async () => {
  const server = await FakeWandb.start();
  const told: string[] = [];
  const env = { ...server.env, HOME: '/' };
  const warn = (message: string) => told.push(message);
  const logger = new RunLogger<RunMetadata, RunEnd, WandbRows>({
    format: makeWandbFormat(STUDY, findTarget(null, 'online', env) as Target),
    folder: new JournalFolder(
      '/dev/null/.wandb',
      livenessAs('boot:1:1', () => 'ended'),
      () => false,
    ),
    delivery: makeDelivery(
      {
        service: 'W&B',
        follow: async () => {},
        hurry: () => {},
        stop: () => {},
        hopeless: async () => {},
        trouble: () => null,
        later: '',
      },
      { warn, inform: warn },
    ),
    lookUp: async () => null,
    now: Date.now,
    warn,
  });
  await logger.open();
  for (const trial of [0, 1]) {
    logger.on(started(trial));
    logger.on(reported(trial, ['loss', 1, 3]));
    logger.on(finished(trial));
  }
  await logger.close(1000);
  expect(told).toEqual([
    expect.stringMatching(/^rows for W&B could not be written to their journal: ENOTDIR/),
  ]);
});
