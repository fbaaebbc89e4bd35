import { expect, test } from 'vitest';
import { runPage } from './page-run.js';

type Row = { readonly state: string; readonly params: object; readonly metrics: Record<string, number> };

test('docs/guides/node-service.md tunes a service while it answers, within its limits', async () => {
  const { outputs, json } = await runPage('node-service');
  // The compiler found nothing.
  expect(outputs[0]).toBe('');
  expect(outputs[1]).toMatch(/^best within the limits: .*\nlongest pause of the event loop: \d+ ms/);

  const trials = (await json('trials', '--study', 'collector', '--storage', 'collector.db')) as Row[];
  expect(trials).toHaveLength(16);
  expect(trials[0]?.params).toEqual({ batch: 1, waitMs: 0, level: 6 });
  for (const { state, metrics } of trials) {
    expect(state).toBe('COMPLETE');
    expect(Object.keys(metrics).sort()).toEqual(['bytes_per_event', 'objective', 'p95_ms']);
  }
});
