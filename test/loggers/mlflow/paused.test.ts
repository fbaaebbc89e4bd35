import { expect, test } from 'vitest';
import { until } from '../../support/until.js';
import { loss, status } from '../runs/statuses.js';
import { finished, reported, started } from '../support.js';
import { study } from './orchestrators.js';
import { pointsOf } from './server.js';

const END = { type: 'sweep-finished', end: 'exhausted', detail: '', savings: null } as const;
const PAUSED = { type: 'trial-paused', trial: 0, step: 3, reason: 'rung', durationMs: 1 } as const;
const CONTINUED = { type: 'trial-continued', trial: 0, fromStep: 3, toStep: 9, reason: 'best' } as const;
const PRUNED = { state: 'pruned', values: [4], feasible: null, reason: 'not continued' } as const;
const early = [loss(1, 4), loss(2, 3), loss(3, 2)];

test.each(['the same process', 'the next process', 'one that dies'])(
  'a trial that is paused continues in its run, in %s',
  async (who) => {
    const { server, begin, journals, run } = await study();
    const known = { 0: status({ attempt: 2, outcome: null }, ...early) };
    let logger = begin(known);
    logger.on(started(0));
    logger.on(reported(0, ['loss', 1, 4], ['loss', 2, 3], ['loss', 3, 2]));
    logger.on(PAUSED);
    await until(() => run('s-0')?.tags.get('hpo.state') === 'PAUSED' && run('s-0')?.status === 'FINISHED');
    if (who === 'the next process') {
      await logger.close(30_000);
      logger = begin(known, [0]);
      await logger.open();
    }
    logger.on(CONTINUED);
    logger.on(started(0, { attempt: 2 }));
    logger.on(reported(0, ['loss', 3, 9], ['loss', 4, 1]));
    if (who === 'one that dies') {
      await until(() => run('s-0')?.tags.get('hpo.state') === 'RUNNING');
      logger.die();
      logger = begin(known, []);
      await logger.open();
      logger.on(started(0, { attempt: 2, reattached: true }));
      logger.on(reported(0, ['loss', 3, 9], ['loss', 4, 1]));
    }
    logger.on(finished(0, { values: [1] }));
    logger.on(END);
    await logger.close(30_000);
    expect(server.mistakes).toEqual([]);
    expect([...server.runs.values()].filter(({ name }) => name !== 's')).toHaveLength(1);
    expect(pointsOf(run('s-0'))).toEqual([
      [1, 4],
      [2, 3],
      [3, 2],
      [4, 1],
    ]);
    expect([
      run('s-0')?.status,
      run('s-0')?.tags.get('hpo.state'),
      run('s-0')?.tags.get('hpo.attempt'),
    ]).toEqual(['FINISHED', 'COMPLETE', '2']);
    expect(journals()).toEqual([]);
  },
);

test.each([[[]], [[1]]])(
  'a trial that ends while it is paused ends in its run; paused before: %j',
  async (before) => {
    const { server, begin, journals, run } = await study();
    const logger = begin({}, before);
    logger.on(started(0));
    logger.on(reported(0, ['loss', 1, 4]));
    logger.on(PAUSED);
    for (const trial of [0, ...before])
      logger.on(finished(trial, { state: 'pruned', values: [4], reason: 'not continued' }));
    logger.on(END);
    await logger.close(30_000);
    expect(server.mistakes).toEqual([]);
    expect([run('s')?.status, run('s-0')?.status]).toEqual(['FINISHED', 'KILLED']);
    expect(server.runs.size).toBe(2);
    expect([run('s-0')?.tags.get('hpo.state'), pointsOf(run('s-0')), journals()]).toEqual([
      'PRUNED',
      [[1, 4]],
      [],
    ]);
  },
);

test('an attempt and the end of its pause that are delivered late end in this order', async () => {
  const { server, begin, journals, run } = await study();
  const first = begin();
  server.fault = () => ({ kind: 'reset' });
  first.on(started(0));
  first.on(PAUSED);
  first.on(CONTINUED);
  first.on(started(0, { attempt: 2 }));
  first.on(PAUSED);
  first.on(finished(0, { state: 'pruned', values: [4], reason: 'not continued' }));
  await until(() => server.requests.length > 0);
  first.die();
  server.fault = () => null;
  const second = begin({ 0: status({ attempt: 2, outcome: { ...PRUNED } }) });
  await second.open();
  await second.close(30_000);
  expect([run('s-0')?.status, run('s-0')?.tags.get('hpo.state'), journals()]).toEqual([
    'KILLED',
    'PRUNED',
    [],
  ]);
});
