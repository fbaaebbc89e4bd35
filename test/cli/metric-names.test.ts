import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere } from '../support/cli.js';

/** The Greek letter: programs and people write either, and see no difference. */
const GREEK = '\u03bc';

const SWEEP = `study: s
objective: { metric: total_${GREEK}s, direction: minimize }
constraints: ["cpu_% <= 70", "p99-${GREEK}s <= 30"]
logging: { local: { metrics: [total_\u00b5s, cpu_%, p99-\u00b5s] } }
trainer: { command: [node, bench.mjs] }
parameters: { x: [1, 2, 3] }
sampler: grid
`;
const BENCH = `const { x } = JSON.parse(process.env.HPO_PARAMS);
console.log('METRIC total_\u00b5s=' + 10 * x + ' cpu_%=' + (100 - 20 * x) + ' p99-${GREEK}s=' + 12 * x);
`;

test('a sweep has metrics with µ, - and % in their names, one for both characters for micro', async () => {
  const cwd = makeProject({ 'cfg/sweep.yaml': SWEEP, 'bench.mjs': BENCH });
  await hpo(cwd, 'optimize');
  // x = 1 uses too much of the processor, x = 3 takes too long.
  expect(JSON.parse(await hpo(cwd, 'best', '--json'))[0]).toMatchObject({
    params: { x: 2 },
    value: 20,
    feasible: true,
  });
  const table = readFileSync(join(cwd, 'cfg/runs.csv'), 'utf8').split('\n');
  expect(table[0]).toContain(',total_\u00b5s,cpu_%,p99-\u00b5s');
  const chosen = await hpo(cwd, 'trials', '--json', '--where', `p99-${GREEK}s > 12 and cpu_% < 70`);
  expect(await hpo(cwd, 'best', '--metric', `p99-${GREEK}s`)).toContain('p99-\u00b5s');
  expect(JSON.parse(await hpo(cwd, 'best', '--metric', `total_${GREEK}s`, '--json'))).toHaveLength(3);
  expect(await hpo(cwd, 'plot', 'history', '--metric', `total_${GREEK}s`)).toContain('total_\u00b5s');
  expect(JSON.parse(chosen).map(({ params }: { params: object }) => params)).toEqual([{ x: 2 }, { x: 3 }]);
});

test('hpo report takes either character, and hpo tune says what a name may be', async () => {
  const cwd = makeProject({ 'cfg/sweep.yaml': SWEEP, 'bench.mjs': BENCH });
  await hpo(cwd, 'ask');
  await hpo(cwd, 'report', '0', `p99-${GREEK}s=3`, 'cpu_%=2');
  await hpo(cwd, 'tell', '0', '5');
  expect(JSON.parse(await hpo(cwd, 'show', '0', '--json')).finals).toEqual({ 'p99-\u00b5s': 3, 'cpu_%': 2 });
  const { code, stderr } = await runHere(['tune', '--minimize', 'time (s)', '--', 'true', '{x:1..2}'], {
    cwd,
  });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('letters, digits, \u00b5 and _.:/@%- without blanks'),
  ]);
});
