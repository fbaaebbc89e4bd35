import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { type CurveModel, fitCurves } from '../../src/curves/curve-model.js';
import { curveOf, LAST, shown, space, study, viewOf } from './support.js';

const modelOf = (configs: readonly ConfigView[], more: Partial<StudyView> = {}): CurveModel => {
  const model = fitCurves(viewOf(configs, more), space);
  if (!model) throw new Error('expected a model');
  return model;
};

/** A study with its values changed, in steps and results. */
function changed(configs: readonly ConfigView[], change: (value: number) => number): ConfigView[] {
  return configs.map((config) => ({
    ...config,
    values: config.values?.map(change) ?? null,
    trials: config.trials.map((trial) => ({
      ...trial,
      values: trial.values?.map(change) ?? null,
      steps: new Map([...trial.steps].map(([step, value]) => [step, change(value)])),
    })),
  }));
}

describe('what trials will come to', () => {
  test('a study without a report has no model', () => {
    const params = { x: 0.5, y: 0.5 };
    expect(fitCurves(viewOf([]), space)).toBeNull();
    expect(
      fitCurves(viewOf([shown({ number: 0, params, losses: curveOf(0, 0), reached: 0 })]), space),
    ).toBeNull();
  });

  test('a complete trial is what it is', () => {
    const configs = study(12);
    const model = modelOf(configs);
    for (const { trials } of configs) {
      const [trial] = trials;
      if (trial?.state !== 'complete') continue;
      const value = trial.values?.[0] as number;
      expect(model.forecast(trial.number)).toMatchObject({
        value,
        better: value,
        worse: value,
        deviation: 0,
      });
    }
  });

  test('forecasts rank trials that stopped after one step as their ends do, though curves cross', () => {
    // Fast learners lead after one step; only the configuration tells that they end worse.
    const losses = (x: number) => {
      const end = 0.1 + 0.4 * x;
      return Array.from({ length: LAST }, (_, t) => end + (1.1 - end) * Math.exp((-0.3 - 1.5 * x) * (t + 1)));
    };
    const places = Array.from({ length: 16 }, (_, k) => k / 15);
    const configs = places.map((x, number) =>
      shown({ number, params: { x, y: 0.5 }, losses: losses(x), reached: number % 3 === 0 ? LAST : 1 }),
    );
    const model = modelOf(configs);
    const open = configs.filter(({ state }) => state === 'running');
    const forecasts = open.map(({ index }) => model.forecast(index)?.value as number);
    const ends = open.map(({ index }) => losses(places[index] as number).at(-1) as number);
    const inOrder = forecasts.flatMap((a, i) =>
      forecasts.slice(i + 1).map((b, k) => a < b === (ends[i] as number) < (ends[i + 1 + k] as number)),
    );
    expect(inOrder.filter(Boolean).length).toBeGreaterThan(0.9 * inOrder.length);
    const [slowest, fastest] = [losses(places[1] as number), losses(places[14] as number)];
    expect(slowest[0]).toBeGreaterThan(fastest[0] as number);
  });

  test('more steps make a forecast more certain, and bring it closer', () => {
    const others = study(24);
    const params = { x: 0.9, y: 0.2 };
    const losses = curveOf(params.x, params.y);
    const forecasts = Array.from({ length: LAST - 1 }, (_, k) =>
      modelOf([...others, shown({ number: 99, params, losses, reached: k + 1 })]).forecast(99),
    );
    const deviations = forecasts.map((forecast) => forecast?.deviation as number);
    expect(deviations.at(-1)).toBeLessThan(0.7 * (deviations[0] as number));
    const end = losses.at(-1) as number;
    expect(Math.abs((forecasts.at(-1)?.value as number) - end)).toBeLessThan(0.05);
  });

  test('a new configuration is judged by its neighbors', () => {
    const model = modelOf(study(40));
    const near = model.forecastAt({ x: 0.3, y: 0.8 });
    const far = model.forecastAt({ x: 0.98, y: 0.1 });
    expect(near.value).toBeLessThan(far.value);
    expect(near.better).toBeLessThan(near.value);
    expect(near.worse).toBeGreaterThan(near.value);
  });

  test('trials of the same configuration are forecast alike; distant ones hardly covary', () => {
    const params = { x: 0.3, y: 0.8 };
    const losses = curveOf(params.x, params.y);
    const model = modelOf([
      ...study(20),
      shown({ number: 50, params, losses, reached: 2 }),
      shown({ number: 51, params, losses, reached: 2 }),
      shown({ number: 52, params: { x: 1, y: 0 }, losses: curveOf(1, 0), reached: 2 }),
    ]);
    expect(model.covariance(50, 51)).toBeGreaterThan(Math.abs(model.covariance(50, 52)));
    expect(model.covariance(50, 51)).toBeCloseTo(model.covariance(51, 50), 12);
    expect(model.covariance(50, 50)).toBeGreaterThan(model.covariance(50, 51));
  });
});

describe('the model depends on what was reported alone', () => {
  const seen = (model: CurveModel) => model.trials.map((trial) => model.forecast(trial));

  test('not on the order of the configurations, nor on an earlier call', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 18 })
          .chain((count) =>
            fc.tuple(
              fc.constant(study(count)),
              fc.shuffledSubarray(study(count), { minLength: count, maxLength: count }),
            ),
          ),
        ([configs, shuffled]) => {
          expect(seen(modelOf(shuffled))).toEqual(seen(modelOf(configs)));
          expect(seen(modelOf(configs))).toEqual(seen(modelOf(configs)));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('another unit or a shift of the objective changes the unit of the forecasts alone', () => {
    const configs = study(20);
    const plain = modelOf(configs);
    for (const [factor, shift] of [
      [1000, 0],
      [1e-6, 0],
      [1, -50],
    ] as const) {
      const other = modelOf(changed(configs, (value) => factor * value + shift));
      for (const trial of plain.trials) {
        const expected = factor * (plain.forecast(trial)?.value as number) + shift;
        expect(Math.abs((other.forecast(trial)?.value as number) - expected)).toBeLessThan(1e-3 * factor);
      }
    }
  });

  test('a maximized objective is the mirror image', () => {
    const configs = study(20);
    const [down, up] = [
      modelOf(configs),
      modelOf(
        changed(configs, (v) => -v),
        { directions: ['maximize'] },
      ),
    ];
    for (const trial of down.trials) {
      expect(up.forecast(trial)?.value).toBeCloseTo(-(down.forecast(trial)?.value as number), 9);
      expect(up.forecast(trial)?.deviation).toBeCloseTo(down.forecast(trial)?.deviation as number, 9);
    }
  });

  test('a trainer that counts from 0 is like one that counts from 1', () => {
    const configs = study(20);
    const fromZero = configs.map((config) => ({
      ...config,
      trials: config.trials.map((trial) => ({
        ...trial,
        steps: new Map([...trial.steps].map(([step, value]) => [step - 1, value])),
      })),
    }));
    expect(seen(modelOf(fromZero))).toEqual(seen(modelOf(configs)));
  });

  test('an objective that is the best step of a trial is forecast as such', () => {
    // Every curve rises again after its best step, so its last value says little.
    const losses = (x: number) => Array.from({ length: LAST }, (_, t) => x + Math.abs(t - 4) * 0.1);
    const configs = Array.from({ length: 12 }, (_, number) => {
      const x = number / 11;
      const whole = shown({
        number,
        params: { x, y: 0.5 },
        losses: losses(x),
        reached: number % 2 === 0 ? LAST : 7,
      });
      const values = whole.values && [Math.min(...losses(x))];
      return { ...whole, values, trials: whole.trials.map((trial) => ({ ...trial, values })) };
    });
    const model = modelOf(configs);
    for (const { index, state } of configs)
      if (state === 'running') expect(model.forecast(index)?.value).toBeCloseTo(index / 11, 1);
  });
});

describe('hostile curves', () => {
  const isSound = (model: CurveModel) => {
    for (const trial of model.trials) {
      const forecast = model.forecast(trial);
      expect(forecast && Number.isFinite(forecast.mean) && forecast.deviation >= 0).toBe(true);
      expect(Number.isNaN(forecast?.value)).toBe(false);
    }
  };

  test('any values give finite forecasts', () => {
    const value = fc.oneof(
      fc.double({ noNaN: false }),
      fc.constantFrom(0, 1, Number.NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 1, maxLength: LAST }), { minLength: 1, maxLength: 12 }),
        (all) => {
          const configs = all.map((losses, number) =>
            shown({
              number,
              params: { x: (number * 0.37) % 1, y: 0.5 },
              losses: [...losses, 1],
              reached: losses.length,
            }),
          );
          isSound(modelOf(configs));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('one trial, and constant values', () => {
    const params = { x: 0.5, y: 0.5 };
    isSound(modelOf([shown({ number: 0, params, losses: curveOf(0.5, 0.5), reached: 2 })]));
    isSound(modelOf([shown({ number: 0, params, losses: curveOf(0.5, 0.5), reached: LAST })]));
    const flat = Array.from({ length: LAST }, () => 3);
    const model = modelOf(
      Array.from({ length: 6 }, (_, number) =>
        shown({
          number,
          params: { x: number / 6, y: 0 },
          losses: flat,
          reached: number % 2 === 0 ? LAST : 3,
        }),
      ),
    );
    isSound(model);
    expect(model.forecast(1)?.value).toBeCloseTo(3, 6);
  });

  test('a trial that has diverged is forecast worse than all others, and spoils none of their forecasts', () => {
    const configs = study(24);
    const alone = modelOf(configs);
    const diverged = [Number.NaN, 1e12, Infinity].map((bad, k) =>
      shown({
        number: 100 + k,
        params: { x: 0.9, y: 0.9 - k / 10 },
        losses: [1, bad, bad, bad, bad, bad, bad, bad, bad],
        reached: 3,
      }),
    );
    const model = modelOf([...configs, ...diverged]);
    const open = configs.filter(({ state }) => state === 'running').map(({ index }) => index);
    const worst = Math.max(...open.map((trial) => model.forecast(trial)?.mean as number));
    for (const trial of [100, 101, 102]) expect(model.forecast(trial)?.mean).toBeGreaterThan(worst);
    for (const trial of open)
      expect(model.forecast(trial)?.value).toBeCloseTo(alone.forecast(trial)?.value as number, 0);
  });

  test('of thousands of trials the best and the newest are modeled', () => {
    const configs = study(2000);
    const model = modelOf(configs);
    expect(model.trials.length).toBeLessThanOrEqual(300);
    expect(model.trials.slice(-200)).toEqual(configs.slice(-200).map(({ index }) => index));
    const best = configs
      .filter(({ state }) => state === 'complete')
      .reduce((a, b) => ((b.values?.[0] as number) < (a.values?.[0] as number) ? b : a));
    expect(model.trials).toContain(best.index);
    isSound(model);
  });

  test('a trainer that reports ten thousand steps', () => {
    const losses = Array.from({ length: 10_000 }, (_, t) => 0.2 + 1 / (1 + t / 100));
    const configs = Array.from({ length: 5 }, (_, number) =>
      shown({
        number,
        params: { x: number / 5, y: 0 },
        losses,
        reached: number === 0 ? 10_000 : 2000 * number,
      }),
    );
    const model = modelOf(configs, { maxSteps: 10_000 });
    isSound(model);
    expect(model.forecast(4)?.value).toBeCloseTo(losses.at(-1) as number, 1);
  });
});
