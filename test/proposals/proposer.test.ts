import { describe, expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { createStudy } from '../../src/index.js';
import type { TrialMessage } from '../../src/proposals/messages.js';
import { samplers } from '../../src/samplers/registry.js';
import type { OpenedTrial } from '../../src/storage/storage.js';
import { closing } from '../library/support.js';
import { makeSpec, newStudy, T0 } from '../study/harness.js';
import { proposerFor, stored, trialMessage } from './support.js';

const finite = {
  layers: int(1, 4),
  opt: categorical(['sgd', 'adam', null, true]),
  momentum: float(0, 0.9, { step: 0.3 }),
};
const continuous = { ...finite, rate: float(1e-5, 1, { log: true }), units: int(8, 256, { log: true }) };

const lossOf = (params: Params) =>
  Object.values(params).reduce<number>((sum, value) => sum + (Number(value) || 3), 0) % 7;

describe.each(samplers)('$name', ({ name, endless, objectives }) => {
  const space = endless ? continuous : finite;
  const parameters = Object.entries(space).map(([key, distribution]) => ({ name: key, distribution }));

  test('proposes what a study of hpo with the same history and seed asks for', async () => {
    const study = await closing(
      createStudy({ direction: 'minimize', space, sampler: name as 'tpe', seed: 7 }),
    );
    const proposer = await proposerFor({ sampler: name });
    let news: TrialMessage[] = [];
    for (let index = 0; index < 24; index++) {
      const trial = await study.ask();
      const params = stored(space, trial.params as Params);
      const answer = await proposer.ask({ index, parameters: index === 0 ? parameters : null, trials: news });
      expect(answer.params).toEqual(params);
      const loss = lossOf(trial.params as Params);
      const failed = index % 7 === 5;
      await study.tell(trial, failed ? { state: 'fail' } : loss);
      const result = failed ? ({ state: 'fail', values: null } as const) : { values: [loss] };
      news = [trialMessage(index, params, { ...result, proposal: answer })];
    }
  });

  test('proposes the same whether the history comes bit by bit or at once', async () => {
    const directions = objectives === 'many' ? (['minimize', 'maximize'] as const) : (['minimize'] as const);
    const bitByBit = await proposerFor({ sampler: name, directions });
    const trials: TrialMessage[] = [];
    for (let index = 0; index < 14; index++) {
      const answer = await bitByBit.ask({ index, parameters, trials: trials.slice(-2) });
      const loss = index + (answer.params.layers as number);
      const values = directions.map((_, k) => loss * (k + 1));
      const violations = [index % 3 === 0 ? 1 : -1];
      const pruned = index % 4 === 3 && directions.length === 1;
      // The last one still runs when the next one is asked for.
      const running = trialMessage(index, {}, { state: 'running', values: null, proposal: answer });
      const ended = trialMessage(index, answer.params, { values, violations, proposal: answer });
      if (index > 0) trials[trials.length - 1] = { ...trials.at(-1)!, state: pruned ? 'pruned' : 'complete' };
      trials.push(index === 13 ? running : ended);
      bitByBit.tell({ parameters: null, trials: [running] });
    }
    const atOnce = await proposerFor({ sampler: name, directions });
    const request = { index: 14, parameters, trials };
    expect(await atOnce.ask(request)).toEqual(await bitByBit.ask(request));
  });
});

describe('a study whose objective names its parameters', () => {
  const space = {
    kind: categorical(['svm', 'forest']),
    c: float(0.01, 100, { log: true }),
    depth: int(1, 30),
  };
  const parameters = Object.entries(space).map(([name, distribution]) => ({ name, distribution }));

  test('is searched like a declared space with conditions, once trials have shown them', async () => {
    const when = { c: { kind: ['svm'] }, depth: { kind: ['forest'] } };
    const declared = parameters.map((each) => ({
      ...each,
      ...(each.name in when && { when: when[each.name as 'c'] }),
    }));
    const study = await newStudy(makeSpec(declared, { sampler: { name: 'tpe', options: {} } }));
    const proposer = await proposerFor({ declared: false });
    const trials: TrialMessage[] = [];
    for (let index = 0; index < 20; index++) {
      const { trial, config } = (await study.ask(null, T0)) as OpenedTrial;
      const params = stored(space, config.params);
      if (new Set(trials.map((each) => each.params.kind)).size === 2) {
        const answer = await proposer.ask({ index, parameters, trials });
        expect(answer.params).toEqual(params);
      }
      const loss = params.kind === 0 ? Math.abs((params.c as number) - 3) : 5 + (params.depth as number);
      await study.tell(trial.id, null, {
        state: 'complete',
        values: [loss],
        exitCode: null,
        reason: null,
        finishedAtMs: T0,
      });
      trials.push(trialMessage(index, params, { values: [loss], proposal: { params, attrs: {} } }));
    }
    expect(new Set(trials.map(({ params }) => params.kind)).size).toBe(2);
  });

  test('has no proposal before a trial has named a parameter; then values are drawn by the seed', async () => {
    const [one, two] = [await proposerFor({ declared: false }), await proposerFor({ declared: false })];
    expect(await one.ask({ index: 0, parameters: [], trials: [] })).toEqual({ params: {}, attrs: {} });
    const request = { index: 0, name: 'depth', distribution: space.depth };
    expect(one.suggest(request)).toBe(two.suggest(request));
    expect(one.suggest({ ...request, index: 1 })).not.toBe(one.suggest(request));
  });

  test.each(['tpe', 'auto'])(
    'is searched by %s in the present range, where ranges change',
    async (sampler) => {
      const proposer = await proposerFor({ sampler, declared: false });
      const places = Array.from({ length: 30 }, (_, k) => (k * 0.618) % 1);
      const trials = places.map((x, k) => trialMessage(k, { x }, { values: [Math.abs(x - 0.2)] }));
      proposer.tell({ parameters: [{ name: 'x', distribution: float(0, 1) }], trials });
      const present = { name: 'x', distribution: float(0.1, 0.5) };
      const values = trials.map((_, k) => proposer.suggest({ index: 30 + k, ...present }));
      for (const value of values) {
        expect(value).toBeGreaterThanOrEqual(0.1);
        expect(value).toBeLessThanOrEqual(0.5);
      }
      // Of draws a quarter is that near.
      expect(values.filter((value) => Math.abs(value - 0.2) < 0.05).length).toBeGreaterThan(15);
    },
  );

  test('cannot have a grid', async () => {
    await expect(proposerFor({ sampler: 'grid', declared: false })).rejects.toMatchObject({
      code: 'sampler.undeclared-space',
    });
  });
});

test('where everything is tried, a proposal repeats a configuration and says so', async () => {
  const parameters = [{ name: 'n', distribution: int(1, 3) }];
  const proposer = await proposerFor({ sampler: 'auto' });
  const trials = [1, 2, 3].map((n) => trialMessage(n, { n }));
  const { params, exhausted } = await proposer.ask({ index: 4, parameters, trials });
  expect(exhausted).toBe('all 3 configurations of the space are tried');
  expect([1, 2, 3]).toContain(params.n);
});

test('a running trial counts by what was proposed for it, also before it names anything', async () => {
  const parameters = [{ name: 'n', distribution: int(1, 2) }];
  const proposer = await proposerFor({ sampler: 'random' });
  const proposal = { params: { n: 1 }, attrs: {} };
  const running = trialMessage(0, {}, { state: 'running', values: null, proposal });
  const { params } = await proposer.ask({ index: 1, parameters, trials: [running] });
  expect(params).toEqual({ n: 2 });
});

test.each([
  [{ sampler: 'best' }, 'sampler.unknown'],
  [{ sampler: 'cmaes', directions: ['minimize', 'minimize'] as const }, 'sampler.one-objective'],
])('%j is refused', async (opening, code) => {
  await expect(proposerFor(opening)).rejects.toMatchObject({ code, usage: true });
});
