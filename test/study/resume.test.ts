import { describe, expect, test } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import type { ParamSpec } from '../../src/core/space.js';
import { samplers } from '../../src/samplers/registry.js';
import { createStudy } from '../../src/study/open-study.js';
import type { Study } from '../../src/study/study.js';
import { isWhole } from '../support/fast-check.js';
import {
  done,
  failed,
  makeSpec,
  opened,
  reopened,
  ScriptedExecutor,
  sweep,
  T0,
  tempDir,
  turn,
} from './harness.js';

const TRIALS = 6;
const params: ParamSpec[] = [
  { name: 'rate', distribution: float(1e-4, 1, { log: true }), steps: 3 },
  { name: 'opt', distribution: categorical(['sgd', 'adam']) },
  { name: 'momentum', distribution: float(0, 0.9), steps: 2, when: { opt: 'sgd' } },
  { name: 'layers', distribution: int(1, 4), steps: 2 },
];

const lossOf = ({ rate, layers, opt }: Params) =>
  (Math.log10(Number(rate)) + 2) ** 2 + Math.abs(Number(layers) - 3) + (opt === 'adam' ? 0 : 0.3);

/** A trainer of three steps, the same for the same parameters; some of them fail. */
function trainer(started: string[]): ScriptedExecutor {
  return new ScriptedExecutor(async ({ trial, params, seed }, hooks) => {
    started.push(`${trial} ${seed} ${JSON.stringify(params)}`);
    for (let step = 1; step <= 3 && !hooks.signal.aborted; step++) {
      hooks.report([{ name: 'loss', step, value: lossOf(params) + 3 - step }]);
      await turn();
      await turn();
    }
    if (hooks.signal.aborted) return failed(143);
    return params.opt === 'sgd' && params.layers === 4 ? failed() : done;
  });
}

function create(url: string, sampler: string, options = {}): Promise<Study> {
  const pruner = { name: 'median', options: { startup_trials: 2 } };
  const spec = makeSpec(params, {
    sampler: { name: sampler, options },
    pruner,
    repeats: sampler === 'random' ? 2 : 1,
  });
  return opened(url).then((storage) => createStudy(storage, { name: 'study', spec, seed: 42, nowMs: T0 }));
}

async function outcome(study: Study) {
  return (await study.view()).configs.map(({ index, key, state, values, trials }) => ({
    index,
    key,
    state,
    values,
    steps: trials.map(({ steps }) => [...steps]),
  }));
}

/** Runs until trial `k` is done (drain) or under way (abort), and then goes on from the file as a new call would. */
async function interrupted(sampler: string, options: object, k: number, how: 'drain' | 'abort') {
  const url = `sqlite:${tempDir()}/hpo.db`;
  const started: string[] = [];
  const stop = new AbortController();
  const first = await create(url, sampler, options);
  const { end } = await sweep(first, trainer(started), {
    budget: TRIALS,
    [how]: stop.signal,
    onEvent: (event) => {
      if (event.type === (how === 'drain' ? 'trial-finished' : 'trial-reported') && event.trial === k)
        stop.abort();
    },
  });
  expect(end).toBe('interrupted');
  await first.storage.close();
  const study = await reopened(url);
  await sweep(study, trainer(started), { budget: TRIALS });
  // The attempt that was cut short is started a second time, as it was.
  return { started: [...new Set(started)], starts: started.length, result: await outcome(study) };
}

/** Options that let six trials reach past the startup of those that have one. */
const OPTIONS: Readonly<Record<string, object>> = {
  tpe: { startup_trials: 3 },
  gp: { startup_trials: 3 },
  cmaes: { population: 3 },
  nsga2: { population: 3 },
};

describe.each(samplers.map(({ name }) => [name, OPTIONS[name] ?? {}] as const))(
  'with one slot, a %s study',
  (sampler, options) => {
    test('that was stopped after any trial continues exactly as if it had not been', async () => {
      const started: string[] = [];
      const whole = await create('memory:', sampler, options);
      await sweep(whole, trainer(started), { budget: TRIALS });
      const expected = await outcome(whole);
      expect(started.length).toBeGreaterThanOrEqual(TRIALS);
      expect(new Set(expected.map(({ state }) => state)).size).toBeGreaterThan(1);
      for (let k = 0; k < TRIALS; k++) {
        // Both at each trial take a second for each sampler.
        if (isWhole || k % 2 === 0) {
          const drained = await interrupted(sampler, options, k, 'drain');
          expect(drained).toEqual({ started, starts: started.length, result: expected });
        }
        if (isWhole || k % 2 === 1) {
          const aborted = await interrupted(sampler, options, k, 'abort');
          expect(aborted.started).toEqual(started);
          expect(aborted.result).toEqual(expected);
        }
      }
    });
  },
);

test('another seed gives another search', async () => {
  const [a, b] = [await create('memory:', 'random'), await create('memory:', 'random')];
  const c = await createStudy(await opened(), {
    name: 'study',
    spec: { ...a.spec, seeds: null },
    seed: 43,
    nowMs: T0,
  });
  const first = async (study: Study) => {
    const asked = await study.ask(null, T0);
    return 'exhausted' in asked ? null : asked.config.key;
  };
  const [keyA, keyB, keyC] = [await first(a), await first(b), await first(c)];
  expect(keyB).toBe(keyA);
  expect(keyC).not.toBe(keyA);
  expect(c.seedOf(0)).not.toBe(a.seedOf(0));
});
