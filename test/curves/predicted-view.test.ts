import { describe, expect, test } from 'vitest';
import { curvesOf, predictedView } from '../../src/curves/predicted-view.js';
import { curveOf, shown, space, study, viewOf } from './support.js';

describe('what samplers see of unfinished trials', () => {
  const configs = [
    ...study(16),
    shown({ number: 20, params: { x: 0.8, y: 0.9 }, losses: curveOf(0.8, 0.9), reached: 6 }),
    shown({ number: 24, params: { x: 0.7, y: 0.9 }, losses: curveOf(0.7, 0.9), reached: 2 }),
    shown({ number: 21, params: { x: 0.8, y: 0.8 }, losses: curveOf(0.8, 0.8), reached: 6, state: 'fail' }),
    shown({ number: 23, params: { x: 0.7, y: 0.7 }, losses: curveOf(0.7, 0.7), reached: 6, state: 'pruned' }),
    shown({ number: 22, params: { x: 0.8, y: 0.7 }, losses: curveOf(0.8, 0.7), reached: 0 }),
  ];
  const view = viewOf(configs);
  const seen = predictedView(view, space);

  test('a paused trial has what it would come to, with its error, and is not taken for complete', () => {
    const model = curvesOf(view, space);
    const open = seen.configs.filter(({ std }) => std !== null);
    expect(open.map(({ index }) => index)).toContain(20);
    for (const config of open) {
      expect(config.values).toEqual([model?.forecast(config.index)?.value]);
      expect(config.std?.[0]).toBeGreaterThan(0);
      expect(config).toMatchObject({
        trialCount: 0,
        state: configs.find(({ key }) => key === config.key)?.state,
      });
    }
    const stopped = seen.configs.find(({ index }) => index === 20);
    const end = curveOf(0.8, 0.9).at(-1) as number;
    expect(Math.abs((stopped?.values?.[0] as number) - end)).toBeLessThan(0.05);
    const early = seen.configs.find(({ index }) => index === 24);
    expect(early?.values?.[0]).toBeLessThan(curveOf(0.7, 0.9)[1] as number);
  });

  test('results, pruned trials, failures and trials without a report stay as they are', () => {
    const before = new Map(configs.map((config) => [config.key, config]));
    for (const config of seen.configs) {
      const { state, trials } = before.get(config.key) ?? config;
      if (state !== 'running' || trials[0]?.steps.size === 0) expect(config).toBe(before.get(config.key));
    }
  });

  test('a study without unfinished trials, or with several objectives, is the same view', () => {
    const complete = viewOf(configs.filter(({ state }) => state === 'complete'));
    expect(predictedView(complete, space)).toBe(complete);
    const several = viewOf(configs, { directions: ['minimize', 'minimize'] });
    expect(predictedView(several, space)).toBe(several);
  });

  test('a view with the same configurations has the same model; a new report makes another', () => {
    expect(curvesOf(viewOf([...configs]), space)).toBe(curvesOf(view, space));
    const other = viewOf([...configs.slice(1), ...study(1)]);
    expect(curvesOf(other, space)).not.toBe(curvesOf(view, space));
    expect(predictedView(viewOf(configs), space)).toEqual(seen);
  });
});
