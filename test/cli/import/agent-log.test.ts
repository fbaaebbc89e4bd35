import { expect, test } from 'vitest';
import { agentTables } from '../../../src/cli/import/agent-log.js';

const config = (name: string | null, metricName: string) => ({ type: 'config', name, metricName });
const experiment = { metric: 1, status: 'keep' };

function namesOf(file: string, ...configs: readonly object[]): readonly (string | null | undefined)[] {
  const values = configs.flatMap((each) => [each, experiment]);
  const lines = values.map((value, k) => ({ line: k + 1, value: value as Record<string, unknown> }));
  return agentTables(file, lines).map(({ log }) => log?.study);
}

test('each session of a log is a study of its own, and those of two files without names are not mixed', () => {
  expect(namesOf('a.jsonl', config(null, 'x'), config(null, 'y'))).toEqual(['a', 'a-2']);
  expect(namesOf('b.jsonl', config(null, 'x'), config(null, 'y'))).toEqual(['b', 'b-2']);
  expect(namesOf('c.jsonl', config('x', 'm'), config('x', 'n'), config('x 2', 'o'))).toEqual([
    'x',
    'x-2',
    'x-2-2',
  ]);
});
