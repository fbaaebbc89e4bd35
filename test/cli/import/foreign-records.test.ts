import { expect, test } from 'vitest';
import { recordsOfJson, toRecords } from '../../../src/cli/import/foreign-records.js';

test("the last report of Ray's result.json is the trial's result", () => {
  const report = (iteration: number, loss: string) =>
    `{"loss": ${loss}, "training_iteration": ${iteration}, "config": {"lr": 0.1, "model": {"layers": 2}}}`;
  expect(recordsOfJson(`${report(1, '0.5')}\n${report(2, 'NaN')}\n`)).toEqual({
    rows: [{ lr: '0.1', 'model.layers': '2', loss: 'NaN', training_iteration: '2' }],
    params: ['lr', 'model.layers'],
  });
});

test("runs of W&B's API have their parameters in config and their metrics in summary", () => {
  const runs = [
    {
      name: 'a',
      state: 'finished',
      config: { lr: { value: 0.1, desc: null }, seed: { value: 1 }, _wandb: { value: {} } },
      summary: { loss: 0.5, _step: 9 },
    },
    {
      name: 'b',
      state: 'crashed',
      config: '{"lr": {"value": 0.2}, "seed": {"value": 1}}',
      summaryMetrics: '{"loss": 0.4}',
    },
  ];
  const { rows, params } = recordsOfJson(JSON.stringify(runs)) ?? { rows: [], params: [] };
  expect(rows).toEqual([
    { lr: '0.1', seed: '1', name: 'a', state: 'finished', loss: '0.5', _step: '9' },
    { lr: '0.2', seed: '1', name: 'b', state: 'crashed', loss: '0.4' },
  ]);
  // The seed is the same everywhere: it was not searched.
  expect(params).toEqual(['lr']);
});

test('tables may hold the text of a mapping as Python prints it, and columns of config', () => {
  const row = {
    name: 'a',
    config: "{'lr': 0.1, 'opt': 'it\\'s', 'amp': True, 'x': None}",
    summary: "{'loss': nan}",
  };
  expect(toRecords([row]).rows).toEqual([
    { lr: '0.1', opt: "it's", amp: 'true', x: '', name: 'a', loss: 'NaN' },
  ]);
  expect(toRecords([{ 'config/lr': '0.1', loss: '0.5', 'config/loss': 'mse' }])).toEqual({
    rows: [{ lr: '0.1', loss: 'mse', 'metric.loss': '0.5' }],
    params: ['lr', 'loss'],
  });
});

test('lines of plain objects are rows, and other text is none', () => {
  expect(recordsOfJson('{"lr": 1, "loss": 2}\n{"lr": 2, "loss": 1}\n')?.rows).toHaveLength(2);
  expect(recordsOfJson('lr,loss\n1,2\n')).toBeNull();
});
