import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundColumns, cells, header, metricColumns } from '../../../src/loggers/csv/table.js';
import type { TrialRow } from '../../../src/loggers/study-reader.js';
import { row } from '../support.js';

const columns = { params: ['lr', 'momentum'], metrics: ['epoch_loss'] };

/** Header -> cell. */
function shown(of: TrialRow, with_: Parameters<typeof header>[0] = columns) {
  const values = cells('demo', of, with_);
  return Object.fromEntries(header(with_).map((name, k) => [name, values[k]]));
}

describe('the header', () => {
  test('has the fixed columns around parameters and metrics', () => {
    expect(header(columns)).toEqual([
      ...['study', 'trial', 'configuration', 'attempt', 'state', 'seed', 'device', 'objective'],
      ...['lr', 'momentum'],
      'epoch_loss',
      ...['epochs', 'duration_s', 'started_at', 'finished_at', 'exit_code', 'reason'],
    ]);
  });

  test('has a column for each of several objectives, and one of that name otherwise', () => {
    const several = { ...columns, objectives: ['acc', 'size'] };
    expect(header(several).slice(6, 10)).toEqual(['device', 'objective.acc', 'objective.size', 'lr']);
    expect(header({ ...several, params: ['objective.size'] })[9]).toBe('param.objective.size');
    expect(shown(row(1, { values: [0.5, 12] }), several)).toMatchObject({
      'objective.acc': 0.5,
      'objective.size': 12,
    });
    expect(cells('demo', row(1, { values: null }), several)).toHaveLength(header(several).length);
  });

  test('puts param. or metric. before a name that collides', () => {
    const names = header({ params: ['seed', 'lr', 'x'], metrics: ['lr', 'objective', 'y'] });
    expect(names.slice(8, 14)).toEqual(['param.seed', 'param.lr', 'x', 'metric.lr', 'metric.objective', 'y']);
  });

  test('has columns for GPUs, after all others, only where something is known of them', () => {
    const gpus = { params: ['gpu_mem_mib'], metrics: ['gpu_card_util'], gpus: true };
    expect(header(gpus).slice(8, 10)).toEqual(['param.gpu_mem_mib', 'metric.gpu_card_util']);
    expect(header(gpus).slice(-3)).toEqual(['reason', 'gpu_card_util', 'gpu_mem_mib']);
    expect(header({ ...gpus, gpus: false }).slice(8, 10)).toEqual(['gpu_mem_mib', 'gpu_card_util']);
    const gauge = { mean: 63.26, max: 4096.4, samples: 3 };
    const gpuUse = { cardUtilizationPercent: gauge, memoryMiB: gauge, cardMemoryMiB: null, shared: true };
    expect(shown(row(1, { gpuUse }), { ...columns, gpus: true })).toMatchObject({
      gpu_card_util: 63.3,
      gpu_mem_mib: 4096,
    });
    const unknown = { ...gpuUse, memoryMiB: null };
    expect(shown(row(1, { gpuUse: unknown }), { ...columns, gpus: true }).gpu_mem_mib).toBeNull();
    expect(shown(row(1), { ...columns, gpus: true })).toMatchObject({
      gpu_card_util: null,
      gpu_mem_mib: null,
    });
  });

  test('has a column for the parents of trials, after all others, only where some trial has one', () => {
    const forked = { params: ['parent'], metrics: [], constrained: true, forked: true };
    expect(header(forked).slice(-2)).toEqual(['feasible', 'parent']);
    expect(header(forked)).toContain('param.parent');
    expect(header({ ...forked, forked: false })).not.toContain('param.parent');
    expect(shown(row(4, { parent: { trial: 2, step: 3 } }), forked).parent).toBe(2);
    expect(shown(row(1), forked).parent).toBeNull();
  });

  test('has a column for the limits on metrics, after all others, only where the study has some', () => {
    const constrained = { ...columns, constrained: true };
    expect(header({ ...constrained, gpus: true }).at(-1)).toBe('feasible');
    expect(header(columns)).not.toContain('feasible');
    const feasible = (violations: readonly number[]) => shown(row(1, { violations }), constrained).feasible;
    expect([[-1, 0], [-1, 0.5], [Number.NaN], []].map(feasible)).toEqual([true, false, false, null]);
  });

  test('never has one name twice', () => {
    expect(header({ params: ['seed', 'param.seed'], metrics: [] }).slice(8, 10)).toEqual([
      'param.param.seed',
      'param.seed',
    ]);
    const name = fc
      .tuple(
        fc.constantFrom('', 'param.', 'metric.', 'param.param.'),
        fc.constantFrom('seed', 'lr', 'epochs', 'a'),
      )
      .map((parts) => parts.join(''));
    const names = fc.uniqueArray(name);
    fc.assert(
      fc.property(names, names, (params, metrics) => {
        const all = header({ params, metrics });
        expect(new Set(all).size).toBe(all.length);
        expect(all.length).toBe(14 + params.length + metrics.length);
      }),
    );
  });

  test('shows listed metrics, else the default two and what else was reported', () => {
    expect(metricColumns(['f1'], ['epoch_loss', 'f1', 'g'])).toEqual(['f1']);
    expect(metricColumns(null, ['a', 'epoch_loss', 'b'])).toEqual(['a', 'epoch_loss', 'b']);
    expect(metricColumns(null, ['a', 'loss'], ['loss', 'acc'])).toEqual(['loss', 'acc', 'a']);
    expect(metricColumns([], ['a'])).toEqual([]);
  });

  test('are at most a thousand, those that the study speaks of before others, and the rest is counted', () => {
    const names = Array.from({ length: 1500 }, (_, k) => `m${k}`);
    expect(boundColumns(names.slice(0, 1000), [])).toEqual({ kept: names.slice(0, 1000), omitted: 0 });
    const { kept, omitted } = boundColumns(names, ['m1400', 'none']);
    expect([kept.length, omitted, kept.slice(-2)]).toEqual([1000, 500, ['m998', 'm1400']]);
  });
});

describe('a row', () => {
  test('shows everything of a trial', () => {
    expect(shown(row(3, { params: { lr: 0.1 }, forced: { momentum: 0 } }))).toEqual({
      study: 'demo',
      trial: 3,
      configuration: 3,
      attempt: 1,
      state: 'COMPLETE',
      seed: 7,
      device: 'cpu',
      objective: 0.5,
      lr: '0.1',
      momentum: '0',
      epoch_loss: 0.25,
      epochs: 3,
      duration_s: '1.250',
      started_at: '2024-01-02T03:04:05.006Z',
      finished_at: '2024-01-02T03:04:06.256Z',
      exit_code: 0,
      reason: null,
    });
  });

  test('leaves the cell of an inactive parameter empty, and tells it from the value null', () => {
    expect(shown(row(0, { params: {} }))).toMatchObject({ lr: null, momentum: null });
    expect(shown(row(0, { params: { lr: null } }))).toMatchObject({ lr: 'null', momentum: null });
  });

  test('is not led astray by names that every object has', () => {
    const odd = { params: ['constructor'], metrics: ['toString'] };
    expect(cells('demo', row(0), odd).slice(8, 10)).toEqual([null, null]);
    const given = row(0, { params: { constructor: 1 }, metrics: { toString: 2 } });
    expect(cells('demo', given, odd).slice(8, 10)).toEqual(['1', 2]);
  });

  test('has empty cells for what is not known yet, QUEUED between two attempts, and WAITING for an enqueued one', () => {
    const waiting = row(0, {
      state: 'running',
      queued: true,
      attempt: 0,
      configuration: null,
      seed: null,
      device: null,
      values: null,
      metrics: {},
      startedAtMs: null,
      finishedAtMs: null,
      exitCode: null,
    });
    expect(shown(waiting)).toMatchObject({ state: 'QUEUED', trial: 0 });
    for (const name of [
      'configuration',
      'attempt',
      'seed',
      'device',
      'objective',
      'epoch_loss',
      'duration_s',
      'started_at',
      'exit_code',
    ])
      expect(shown(waiting)[name] ?? null).toBeNull();
    expect(shown(row(0, { state: 'pruned', finishedAtMs: null }))).toMatchObject({
      state: 'PRUNED',
      duration_s: null,
    });
  });
});
