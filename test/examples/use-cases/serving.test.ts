import { expect, test } from 'vitest';
import { hpo } from '../../support/cli.js';
import { runPage } from './page-run.js';

type Row = {
  readonly state: string;
  readonly params: Record<string, number>;
  readonly metrics: Record<string, number>;
};

test('docs/guides/serving.md tunes the flags of a server, within its limit of latency', async () => {
  const { folder, json } = await runPage('serving');
  const trials = (await json('trials')) as Row[];
  expect(trials).toHaveLength(8);
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  expect(complete.length).toBeGreaterThan(3);
  for (const { metrics } of complete)
    expect(metrics).toEqual({
      tokens_per_s: expect.any(Number),
      p95_first_ms: expect.any(Number),
      p95_next_ms: expect.any(Number),
    });
  // Those of the others wanted more memory than there is.
  for (const { params } of trials.filter(({ state }) => state === 'FAIL'))
    expect(params['gpu-memory-utilization']).toBeGreaterThan(0.94);
  // The commands for real servers are accepted; neither server is here.
  for (const name of ['vllm', 'llama']) {
    const plan = await hpo(folder, 'optimize', '--sweep', `cfg/${name}.yaml`, '--dry-run');
    expect(plan).toMatch(name === 'vllm' ? / vllm serve / : / llama-server /);
  }
});
