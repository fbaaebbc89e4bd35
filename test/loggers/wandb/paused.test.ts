import { expect, test } from 'vitest';
import { until } from '../../support/until.js';
import { loss, status } from '../runs/statuses.js';
import { finished, reported, started } from '../support.js';
import { readRow } from './fixtures/server.js';
import { rowsOf, stateOf, study } from './orchestrators.js';

const PAUSED = { type: 'trial-paused', trial: 0, step: 3, reason: 'rung', durationMs: 1 } as const;
const CONTINUED = { type: 'trial-continued', trial: 0, fromStep: 3, toStep: 9, reason: 'best' } as const;
const EARLY = [loss(1, 4), loss(2, 3), loss(3, 2)];

test.each(['the same process', 'the next process', 'one that dies', 'a process without a server'])(
  'a trial that is paused continues in its run, in %s',
  async (who) => {
    const { server, begin, journals, isAcknowledged, run } = await study();
    const known = { 0: status({ attempt: 2, outcome: null }, ...EARLY) };
    if (who === 'a process without a server') server.fault = () => ({ kind: 'status', status: 500 });
    let logger = begin(known);
    logger.on(started(0));
    logger.on(reported(0, ['loss', 1, 4], ['loss', 2, 3], ['loss', 3, Number.NaN]));
    logger.on(PAUSED);
    if (who !== 'a process without a server') {
      await until(() => run('s-0')?.exitcode === 0);
      expect(stateOf(run('s-0'))).toBe('PAUSED');
    }
    if (who === 'the next process') {
      await logger.close(30_000);
      logger = begin(known, 20_000, [0]);
      await logger.open();
    }
    logger.on(CONTINUED);
    logger.on(started(0, { attempt: 2 }));
    // The trainer repeats a step that the run has.
    logger.on(reported(0, ['loss', 3, 9], ['loss', 4, 1]));
    if (who === 'one that dies') {
      logger.on(reported(0, ['loss', 5, 0.5]));
      await until(() => run('s-0')?.history.length === 4 && isAcknowledged());
      logger.die();
      logger = begin(known);
      await logger.open();
      logger.on(started(0, { attempt: 2, reattached: true }));
      logger.on(reported(0, ['loss', 3, 9], ['loss', 4, 1]));
    }
    logger.on(reported(0, ['loss', 5, 0.5]));
    logger.on(finished(0, { values: [0.5] }));
    if (who === 'a process without a server') {
      await logger.close(10);
      server.fault = () => null;
      logger = begin(known);
      await logger.open();
    }
    await logger.close(30_000);
    expect(server.mistakes).toEqual([]);
    expect(server.runs.size).toBe(1);
    expect(rowsOf(run('s-0'))).toEqual([
      [1, 4],
      [2, 3],
      [3, Number.NaN],
      [4, 1],
      [5, 0.5],
    ]);
    const runtimes = run('s-0')?.history.map((row) => readRow(row)._runtime ?? 0) ?? [];
    expect(runtimes).toEqual(runtimes.toSorted((a, b) => a - b));
    expect([stateOf(run('s-0')), run('s-0')?.exitcode, journals()]).toEqual(['COMPLETE', 0, []]);
    expect(JSON.parse(String(run('s-0')?.upserts.at(-1)?.config))).toMatchObject({
      hpo: { value: { attempt: 2 } },
    });
  },
);

test.each(['the same process', 'the next process'])(
  'a trial that ends while it is paused ends in its run, in %s',
  async (who) => {
    const { server, begin, journals, run } = await study();
    // Nobody has a run of the second attempt: it continued the first one.
    const known = { 0: status({ attempt: 2 }, ...EARLY), 1: status({}, loss(1, 4)) };
    let logger = begin(known, 20_000, [1]);
    logger.on(started(0));
    logger.on(reported(0, ['loss', 1, 4], ['loss', 2, 3], ['loss', 3, 2]));
    logger.on(PAUSED);
    if (who === 'the next process') {
      await logger.close(30_000);
      logger = begin(known, 20_000, [0, 1]);
    }
    // W&B has no run of trial 1.
    for (const trial of [0, 1])
      logger.on(finished(trial, { state: 'pruned', values: [2], reason: 'not continued' }));
    await logger.close(30_000);
    expect([server.mistakes, server.runs.size, journals()]).toEqual([[], 1, []]);
    expect(rowsOf(run('s-0'))).toEqual([
      [1, 4],
      [2, 3],
      [3, 2],
    ]);
    expect(run('s-0')?.exitcode).toBe(0);
    expect(JSON.parse(String(run('s-0')?.summary))).toMatchObject({
      loss: 2,
      hpo_state: 'PRUNED',
      hpo_value: 2,
      hpo_reason: 'not continued',
    });
    expect(run('s-0')?.upserts.at(-1)).toMatchObject({ groupName: 's', displayName: 's-0' });
  },
);

test('a failed attempt that is tried again is another run, and what continues it continues that one', async () => {
  const { server, begin, run } = await study();
  const logger = begin({ 0: status({ attempt: 3, outcome: null }, ...EARLY) });
  logger.on(started(0));
  logger.on({ type: 'trial-requeued', trial: 0, reason: 'retry 1 of 1' });
  logger.on(started(0, { attempt: 2 }));
  logger.on(PAUSED);
  logger.on(CONTINUED);
  logger.on(started(0, { attempt: 3 }));
  logger.on(reported(0, ['loss', 4, 1]));
  logger.on(finished(0));
  await logger.close(30_000);
  expect(server.mistakes).toEqual([]);
  const states = [...server.runs.values()].map((each) => [
    stateOf(each),
    rowsOf(each)?.map(([step]) => step),
  ]);
  expect(states).toEqual([
    ['QUEUED', []],
    ['COMPLETE', [1, 2, 3, 4]],
  ]);
  expect(run('s-0')?.exitcode).toBe(0);
});
