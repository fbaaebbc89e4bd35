import { expect, test } from 'vitest';
import { until } from '../../support/until.js';
import type { Fault } from '../http/faulty-server.js';
import { loss, status } from '../runs/statuses.js';
import { finished, reported, started } from '../support.js';
import { study } from './orchestrators.js';
import { pointsOf, type ServerRun } from './server.js';

const END = { type: 'sweep-finished', end: 'exhausted', detail: '', savings: null } as const;
const statesOf = (runs: Record<string, ServerRun>) =>
  Object.values(runs).map(({ name, status: state }) => `${name} ${state}`);

test('a sweep is a run, and each attempt one below it', async () => {
  const { server, begin, journals, run, warnings } = await study();
  const logger = begin();
  for (const trial of [0, 1, 2, 3]) logger.on(started(trial));
  logger.on(reported(0, ['loss', 1, 0.5], ['a%', 1, Number.NaN], ['loss', 2, 0.25]));
  logger.on(finished(0, { values: [0.25] }));
  logger.on(finished(1, { state: 'pruned', values: null, reason: 'too bad' }));
  logger.on(finished(2, { state: 'fail', values: null, reason: 'exit code 1' }));
  logger.on({ type: 'trial-requeued', trial: 3, reason: 'lost' });
  logger.on(END);
  await logger.close(30_000);
  expect(server.mistakes).toEqual([]);
  expect(statesOf(server.byName())).toEqual([
    's FINISHED',
    's-0 FINISHED',
    's-1 KILLED',
    's-2 FAILED',
    's-3 KILLED',
  ]);
  const parent = run('s');
  expect(Object.fromEntries(parent?.tags ?? [])).toMatchObject({
    'hpo.end': 'exhausted',
    'hpo.best_trial': '0',
    'hpo.best_value': '0.25',
  });
  for (const trial of [0, 1, 2, 3])
    expect(run(`s-${trial}`)?.tags.get('mlflow.parentRunId')).toBe(parent?.id);
  expect(Object.fromEntries(run('s-0')?.tags ?? [])).toMatchObject({
    'hpo.study': 's',
    'hpo.trial': '0',
    'hpo.seed': '42',
    'hpo.sampler': 'auto',
    'hpo.state': 'COMPLETE',
    'hpo.value': '0.25',
  });
  expect(Object.fromEntries(run('s-0')?.params ?? [])).toEqual({ 'learner.opt': 'adam', batch_size: '32' });
  expect(pointsOf(run('s-0'))).toEqual([
    [1, 0.5],
    [2, 0.25],
  ]);
  expect(run('s-0')?.metrics.find(({ key }) => key === 'a_x25_')?.value).toBe('NaN');
  expect(run('s-2')?.tags.get('hpo.reason')).toBe('exit code 1');
  expect([journals(), warnings]).toEqual([[], []]);
});

test('a server that takes requests and fails to answer them gets no point and no run twice', async () => {
  const { server, begin, run } = await study();
  const faults: readonly Fault[] = [
    { kind: 'reset-late' },
    { kind: 'status-late', status: 502 },
    { kind: 'reset' },
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  ];
  server.fault = (number) =>
    number < 24 && number % 3 === 0 ? (faults[(number / 3) % faults.length] ?? null) : null;
  const logger = begin();
  for (const trial of [0, 1]) {
    logger.on(started(trial));
    for (let step = 1; step <= 7; step++) logger.on(reported(trial, ['loss', step, step], ['b', step, 1]));
    logger.on(finished(trial));
  }
  logger.on(END);
  await logger.close(60_000);
  expect(server.mistakes).toEqual([]);
  expect(statesOf(server.byName())).toEqual(['s FINISHED', 's-0 FINISHED', 's-1 FINISHED']);
  expect(server.runs.size).toBe(3);
  for (const name of ['s-0', 's-1'])
    for (const metric of ['loss', 'b'])
      expect(pointsOf(run(name), metric).map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test.each(['reset-late', 'reset'] as const)(
  'one that dies while its points are sent (%s): the next one sends what is missing, and ends all runs',
  async (kind) => {
    const { server, begin, journals, run } = await study();
    const first = begin();
    first.on(started(0));
    first.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
    await until(() => pointsOf(run('s-0')).length === 1);
    server.fault = (_, { path }) => (path.endsWith('log-batch') ? { kind } : null);
    first.on(reported(0, ['loss', 3, 1]));
    const before = server.requests.length;
    await until(() => server.requests.length > before);
    first.die();
    server.fault = () => null;
    const second = begin({ 0: status({}, loss(1, 3), loss(2, 2), loss(3, 1), loss(4, 0)) });
    await second.open();
    second.on(started(1));
    second.on(finished(1));
    second.on(END);
    await second.close(30_000);
    expect(server.mistakes).toEqual([]);
    expect(pointsOf(run('s-0'))).toEqual([
      [1, 3],
      [2, 2],
      [3, 1],
      [4, 0],
    ]);
    const all = [...server.runs.values()].map(({ name, status: state }) => `${name} ${state}`).sort();
    expect(all).toEqual(['s FINISHED', 's KILLED', 's-0 FINISHED', 's-1 FINISHED']);
    expect(journals()).toEqual([]);
  },
);

const historiesIn = ({ requests }: { readonly requests: readonly { readonly path: string }[] }) =>
  requests.filter(({ path }) => path.includes('get-history') && !path.includes('page_token')).length;
const many = Array.from({ length: 2500 }, (_, k) => loss(k + 2, k));

test('rows that a dead one left: each history is asked for once, and none of a run that was not there', async () => {
  const { server, begin, run } = await study();
  const first = begin();
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3], ['loss', 2, 0]));
  await until(() => pointsOf(run('s-0')).length === 1);
  server.fault = () => ({ kind: 'reset' });
  for (const trial of [0, 1]) {
    if (trial === 1) first.on(started(1));
    first.on(reported(trial, ...many.map(({ step, value }) => ['loss', step, value] as const)));
  }
  await first.flush();
  first.die();
  server.fault = () => null;
  const second = begin({ 0: status({}, loss(1, 3), ...many), 1: status({}, ...many) });
  await second.open();
  await second.close(30_000);
  expect([server.mistakes, pointsOf(run('s-0')).length, pointsOf(run('s-1')).length]).toEqual([
    [],
    2501,
    2500,
  ]);
  expect(historiesIn(server)).toBe(1);
});

test('one that dies before the creation of a run was answered: the next one finds it', async () => {
  const { server, begin, run } = await study();
  server.fault = (_, { path }) => (path.endsWith('runs/create') ? { kind: 'reset-late' } : null);
  const first = begin();
  first.on(started(0));
  await until(() => server.runs.size === 1);
  first.die();
  server.fault = () => null;
  const second = begin({ 0: status({ outcome: null }) });
  await second.open();
  second.on(started(0, { reattached: true }));
  second.on(reported(0, ['loss', 1, 3]));
  second.on(finished(0));
  second.on(END);
  await second.close(30_000);
  expect(server.mistakes).toEqual([]);
  const all = [...server.runs.values()].map(({ name, status: state }) => `${name} ${state}`).sort();
  expect(all).toEqual(['s FINISHED', 's KILLED', 's-0 FINISHED']);
  expect(pointsOf(run('s-0'))).toEqual([[1, 3]]);
});

test('one that dies while another runs: its sweep and its trials are ended by that one', async () => {
  const { server, begin, journals, run } = await study();
  const [first, second] = [begin(), begin({ 1: status({ outcome: null }), 2: status({}, loss(1, 3)) })];
  await second.open();
  for (const trial of [0, 1, 2]) first.on(started(trial));
  await until(() => server.runs.size === 4);
  first.die();
  second.on(started(0, { reattached: true }));
  second.on(started(1, { reattached: true }));
  for (const trial of [0, 1]) second.on(finished(trial));
  second.on(END);
  await second.close(30_000);
  expect(server.mistakes).toEqual([]);
  const all = [...server.runs.values()].map(({ name, status: state }) => `${name} ${state}`).sort();
  expect(all).toEqual(['s FINISHED', 's KILLED', 's-0 FINISHED', 's-1 FINISHED', 's-2 FINISHED']);
  expect([pointsOf(run('s-2')), journals()]).toEqual([[[1, 3]], []]);
});

test('an attempt that resumes from a checkpoint: its run begins with what was left, also after a kill', async () => {
  const { server, begin, run } = await study();
  const left = status({ attempt: 2, outcome: null }, loss(1, 4), loss(2, 3), loss(3, 9));
  const first = begin({ 0: left });
  first.on(started(0, { attempt: 2 }));
  first.on(reported(0, ['loss', 3, 2], ['loss', 4, 1]));
  await until(() => pointsOf(run('s-0.2')).length === 3);
  first.die();
  const second = begin({ 0: left });
  await second.open();
  second.on(started(0, { attempt: 2, reattached: true }));
  second.on(reported(0, ['loss', 3, 2], ['loss', 4, 1], ['loss', 5, 0]));
  second.on(finished(0));
  await second.close(30_000);
  expect(pointsOf(run('s-0.2'))).toEqual([
    [1, 4],
    [2, 3],
    [3, 2],
    [4, 1],
    [5, 0],
  ]);
  expect([run('s-0.2')?.status, server.mistakes]).toEqual(['FINISHED', []]);
});

test('a server that goes down and comes back receives everything', async () => {
  const { server, begin, run } = await study();
  const { port } = server;
  const logger = begin();
  logger.on(started(0));
  logger.on(reported(0, ['loss', 1, 4], ['loss', 2, 3]));
  await until(() => pointsOf(run('s-0')).length === 1);
  server.stop();
  logger.on(reported(0, ['loss', 3, 2], ['loss', 4, 1]));
  logger.on(started(1));
  logger.on(finished(0));
  logger.on(finished(1));
  logger.on(END);
  const closed = logger.close(60_000);
  await server.listen(port);
  await closed;
  expect(statesOf(server.byName())).toEqual(['s FINISHED', 's-0 FINISHED', 's-1 FINISHED']);
  expect(pointsOf(run('s-0')).map(([step]) => step)).toEqual([1, 2, 3, 4]);
});

test('runs that somebody deletes are dropped with one warning, and the others arrive', async () => {
  const { server, begin, journals, run, warnings } = await study();
  const logger = begin();
  for (const trial of [0, 1, 2]) logger.on(started(trial));
  await until(() => server.runs.size === 4);
  for (const name of ['s-0', 's-1']) server.runs.delete(run(name)?.id ?? '');
  for (const trial of [0, 1, 2]) {
    logger.on(reported(trial, ['loss', 1, 3]));
    logger.on(finished(trial));
  }
  logger.on(END);
  await logger.close(30_000);
  expect(pointsOf(run('s-2'))).toEqual([[1, 3]]);
  expect(warnings).toEqual([
    expect.stringMatching(/^MLflow refuses the run s-[01]: HTTP 404 .*; its rows are dropped$/),
  ]);
  expect(journals()).toEqual([]);
});

test('many parameters and many metrics are sent in requests that MLflow accepts', async () => {
  const { server, begin, run } = await study();
  const logger = begin();
  const params = Object.fromEntries(Array.from({ length: 250 }, (_, k) => [`p${k}`, 'v'.repeat(7000)]));
  logger.on(started(0, { params }));
  logger.on(reported(0, ...Array.from({ length: 2500 }, (_, k) => [`m${k}`, 1, k] as const)));
  logger.on(finished(0));
  await logger.close(30_000);
  expect(server.mistakes).toEqual([]);
  expect([run('s-0')?.params.size, run('s-0')?.metrics.length]).toEqual([250, 2500]);
  expect(Math.max(...server.requests.map(({ body }) => body.length))).toBeLessThan(1_000_000);
});
