import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../run-example.js';
import { runPage } from './page-run.js';

type Row = {
  readonly state: string;
  readonly metrics: { readonly cents_per_1000: number };
};

test('docs/guides/rag.md searches a prompt within both limits of cost', async () => {
  const { outputs, json } = await runPage('rag');
  const [, count = '', cents = ''] = /^(\d+) trials cost ([\d.]+) cents$/m.exec(outputs[0] ?? '') ?? [];
  const of = ['--storage', 'rag.db'];
  const trials = (await json('trials', ...of)) as Row[];
  expect(trials).toHaveLength(Number(count));
  // Twenty questions each; no more trials than were open when the money was spent.
  const costs = trials.map(({ metrics }) => metrics.cents_per_1000 / 50);
  expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(Number(cents), 1);
  expect(Number(cents)).toBeGreaterThan(15);
  expect(Number(cents)).toBeLessThan(15 + 4 * Math.max(...costs));
  const [best] = (await json('best', ...of)) as [{ value: number; trials: [number] }];
  expect(trials[best.trials[0]]?.metrics.cents_per_1000).toBeLessThanOrEqual(40);
  expect(best.value).toBeGreaterThan(0.6);
  // Once more, nothing is asked for.
  expect(outputs.at(-1)?.split('\n')[0]).toBe(outputs[0]?.split('\n')[0]);
});

test('the program of docs/guides/rag.md has types', () => {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const program = join(ROOT, 'examples', 'rag', 'tune.mts');
  const kind = [
    '--strict',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--skipLibCheck',
    '--ignoreConfig',
    '--types',
    'node',
  ];
  const { status, stdout } = spawnSync(process.execPath, [compiler, '--noEmit', ...kind, program], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([0, '']);
});
