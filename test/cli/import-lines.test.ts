import { expect, test } from 'vitest';
import { hpo, makeProject, runHere, trialsOf } from '../support/cli.js';

const lines = (...objects: readonly object[]) =>
  `${objects.map((each) => JSON.stringify(each)).join('\n')}\n`;

/** As the loop of pi-autoresearch writes it. */
const CONFIG = {
  type: 'config',
  name: 'Optimize liquid rendering',
  metricName: 'total_µs',
  metricUnit: 'µs',
  bestDirection: 'lower',
};
const run = (n: number, metric: number, status: string, more: object = {}) => ({
  ...{ run: n, commit: `abc000${n}`, metric, metrics: { compile_μs: metric / 2, 'cpu_%': 93 }, status },
  ...{ description: `idea ${n}`, timestamp: 1_760_000_000_000 + n * 1000, segment: 0, confidence: null },
  ...more,
});
const LOG = lines(
  CONFIG,
  run(1, 15_200, 'keep'),
  { type: 'hook', stage: 'after' },
  run(2, 14_000, 'discard', { asi: { hypothesis: 'fewer allocations' } }),
  run(3, 0, 'crash', { metrics: {} }),
  run(4, 12_000, 'checks_failed'),
  run(5, 13_100, 'keep'),
);

test("an agent's log becomes a study of finished and failed trials", async () => {
  const cwd = makeProject({ 'autoresearch.jsonl': LOG });
  expect(await hpo(cwd, 'import', 'autoresearch.jsonl')).toBe(
    'study optimize-liquid-rendering: 3 complete and 2 failed trials from autoresearch.jsonl\n' +
      'the log names no parameters: run is the number of an experiment; hpo show N has its commit\n',
  );
  const trials = await trialsOf(cwd);
  expect(trials.map(({ state, params, values, reason }) => [state, params, values, reason])).toEqual([
    ['COMPLETE', { run: 1 }, [15_200], 'imported'],
    ['COMPLETE', { run: 2 }, [14_000], 'imported'],
    ['FAIL', { run: 3 }, null, 'crash: idea 3'],
    ['FAIL', { run: 4 }, null, 'checks_failed: idea 4'],
    ['COMPLETE', { run: 5 }, [13_100], 'imported'],
  ]);
  const shown = JSON.parse(await hpo(cwd, 'show', '1', '--json'));
  expect(shown).toMatchObject({
    tags: ['discard'],
    attributes: {
      status: 'discard',
      commit: 'abc0002',
      description: 'idea 2',
      asi: { hypothesis: 'fewer allocations' },
    },
    finals: { total_µs: 14_000, compile_µs: 7000, 'cpu_%': 93 },
    finishedAtMs: 1_760_000_002_000,
  });
  expect(JSON.parse(await hpo(cwd, 'best', '--json'))[0]).toMatchObject({
    value: 13_100,
    params: { run: 5 },
  });
});

test('names with µ, - and % filter and sort, in either spelling', async () => {
  const cwd = makeProject({ 'autoresearch.jsonl': LOG });
  await hpo(cwd, 'import', 'autoresearch.jsonl');
  const chosen = async (...args: string[]) =>
    JSON.parse(await hpo(cwd, 'trials', '--json', ...args)).map(({ number }: { number: number }) => number);
  expect(await chosen('--where', 'compile_µs < 7000 and cpu_% == 93 and state == "complete"')).toEqual([4]);
  expect(await chosen('--where', 'total_μs < 14500')).toEqual([1, 4]);
  expect(await chosen('--where', 'attr.status == "keep"', '--sort', 'compile_μs')).toEqual([4, 0]);
});

test('a log that has grown adds what is new, and another metric is another study', async () => {
  const cwd = makeProject({ 'log.jsonl': LOG });
  await hpo(cwd, 'import', 'log.jsonl', '--study', 's');
  const grown = makeProject({
    'log.jsonl':
      LOG +
      lines(
        run(6, 13_000, 'keep'),
        { ...CONFIG, metricName: 'throughput', bestDirection: 'higher' },
        run(7, 9, 'keep'),
      ) +
      '{"run": 8, "met',
  });
  const again = await runHere(
    ['import', 'log.jsonl', '--study', 's', '--storage', `sqlite:${cwd}/storage/hpo.db`, '--json'],
    { cwd: grown },
  );
  expect(again.stderr).toBe('warning: log.jsonl:11 is left out: the line is not complete\n');
  const { earlier, ...newest } = JSON.parse(again.stdout);
  expect(newest).toMatchObject({ study: 's-2', trials: [0], failed: [], left: [] });
  expect(earlier).toMatchObject([{ study: 's', trials: [5] }]);
  expect(earlier[0].left).toContainEqual({ row: 2, reason: 'the study has this configuration already' });
});

test("a study with another goal is not mixed with an agent's log", async () => {
  const cwd = makeProject({ 'a.jsonl': LOG, 'b.jsonl': LOG.replace('total_µs', 'size') });
  await hpo(cwd, 'import', 'a.jsonl', '--study', 's');
  const { code, stderr } = await runHere(['import', 'b.jsonl', '--study', 's'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('error[import.other-goal]')]);
});

test.each([
  ['no JSON', '{"run":', 'expected a JSON object on each line, got "{\\"run\\":"'],
  ['a list', '[1]', 'expected a JSON object on each line, got "[1]"'],
])('a line that is %s is named, and nothing is imported', async (_, bad, message) => {
  const cwd = makeProject({
    'log.jsonl': `${lines(CONFIG, run(1, 5, 'keep'))}${bad}\n${lines(run(2, 4, 'keep'))}`,
  });
  const { code, stderr } = await runHere(['import', 'log.jsonl'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(`log.jsonl:3: ${message}`)]);
  expect((await runHere(['study', 'list'], { cwd })).stdout).not.toContain('optimize');
});

test("a table with a metric and a status of another program is no agent's log", async () => {
  const cwd = makeProject({
    't.jsonl': `\ufeff${lines({ lr: 0.1, metric: 2, status: 'done' }, { lr: 0.2, metric: 1, status: 'done' })}`,
  });
  expect(await hpo(cwd, 'import', 't.jsonl', '--params', 'lr', '--metric', 'metric')).toBe(
    'study t: 2 complete trials from t.jsonl\n',
  );
});

test('an experiment with an unknown status or without a number is left out with its line', async () => {
  const cwd = makeProject({
    'log.jsonl': lines(CONFIG, run(1, 5, 'keep'), run(2, 4, 'odd'), { ...run(3, 4, 'keep'), metric: null }),
  });
  expect(JSON.parse(await hpo(cwd, 'import', 'log.jsonl', '--json')).left).toEqual([
    { row: 3, reason: 'expected the status keep, discard, crash or checks_failed, got "odd"' },
    { row: 4, reason: 'expected a number for total_µs, got null' },
  ]);
});

test('lines of trials with parameters become a study whose space holds them', async () => {
  const cwd = makeProject({
    'trials.jsonl': lines(
      { params: { lr: 0.1, opt: 'sgd', net: { depth: 2 } }, value: 0.5, metrics: { acc: 0.8 }, machine: 'a' },
      {
        params: { lr: 0.2, opt: 'adam', net: { depth: 3 } },
        value: 0.4,
        state: 'COMPLETE',
        note: 'good',
        tags: ['x'],
      },
      { params: { lr: 0.3, opt: 'adam', net: { depth: 3 } }, state: 'failed', reason: 'out of memory' },
      { params: { lr: 0.4, opt: 'adam', net: { depth: 3 } }, value: 0.9, state: 'pruned' },
      { params: { lr: 0.5, opt: 'adam', net: { depth: 3 } }, state: 'running' },
    ),
  });
  const { left, ...rest } = JSON.parse(await hpo(cwd, 'import', 'trials.jsonl', '--json'));
  expect([rest, left]).toEqual([
    expect.objectContaining({ study: 'trials', trials: [0, 1, 2, 3], failed: [2] }),
    [{ row: 5, reason: 'its state is running' }],
  ]);
  expect(
    (await trialsOf(cwd)).map(({ state, params, values, reason }) => [state, params, values, reason]),
  ).toEqual([
    ['COMPLETE', { lr: 0.1, opt: 'sgd', 'net.depth': 2 }, [0.5], 'imported'],
    ['COMPLETE', { lr: 0.2, opt: 'adam', 'net.depth': 3 }, [0.4], 'imported'],
    ['FAIL', { lr: 0.3, opt: 'adam', 'net.depth': 3 }, null, 'out of memory'],
    ['PRUNED', { lr: 0.4, opt: 'adam', 'net.depth': 3 }, [0.9], 'imported'],
  ]);
  expect(JSON.parse(await hpo(cwd, 'show', '0', '--json'))).toMatchObject({
    finals: { acc: 0.8, value: 0.5 },
    attributes: { machine: 'a' },
  });
  expect(JSON.parse(await hpo(cwd, 'show', '1', '--json'))).toMatchObject({ note: 'good', tags: ['x'] });
});

test.each([
  [
    'a metric that is no number',
    { params: { lr: 1 }, metrics: { loss: 'low' } },
    'a number for loss, got "low"',
  ],
  [
    'a metric without a good name',
    { params: { lr: 1 }, metrics: { 'a b': 1 } },
    'the name of a metric, got "a b"',
  ],
  ['no parameters', { value: 1 }, 'an object params, got none'],
])('a trial with %s is an error with its line', async (_, bad, message) => {
  const cwd = makeProject({ 't.jsonl': lines({ params: { lr: 2 }, value: 1 }, bad) });
  const { code, stderr } = await runHere(['import', 't.jsonl'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining(`error[import.bad-line]: t.jsonl:2: expected ${message}`),
  ]);
});

test('a parameter may be called as a member of every object, and be in some lines only', async () => {
  const cwd = makeProject({
    't.jsonl': lines({ params: { lr: 1 }, value: 1 }, { params: { lr: 2, constructor: 'a' }, value: 2 }),
  });
  await hpo(cwd, 'import', 't.jsonl');
  expect((await trialsOf(cwd)).map(({ params }) => params)).toEqual([{ lr: 2, constructor: 'a' }]);
});
