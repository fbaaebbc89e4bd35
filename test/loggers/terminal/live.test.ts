import type { WriteStream } from 'node:tty';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeLiveView } from '../../../src/loggers/terminal/live.js';
import { Progress } from '../../../src/loggers/terminal/progress.js';
import { finished, reported, started } from '../support.js';
import { Screen } from './screen.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const PARAMS = 'learner.opt=adam batch_size=32';

function live(columns = 100, total: number | null = 4, env: Record<string, string> = { LANG: 'C.UTF-8' }) {
  const screen = new Screen(columns);
  const progress = new Progress({
    objectives: [{ metric: 'acc', direction: 'maximize' }],
    total,
    done: 0,
    paused: [],
    repeats: 1,
    configurations: [],
    slots: 2,
    timeoutMs: null,
    startedAtMs: 0,
  });
  const view = makeLiveView(progress, screen as unknown as WriteStream, Date.now, env);
  /** Long enough for the bars to be drawn again. */
  const settle = () => vi.advanceTimersByTime(1000);
  return { screen, view, settle };
}

test('a trial that has just begun is not shown as older than it is', () => {
  const { screen, view } = live();
  view.on(started(0));
  vi.advanceTimersByTime(600);
  expect(screen.lines().at(-1)).toBe(`  trial 0  cpu  0.5 s  ${PARAMS}`);
  view.close();
});

test('shows the sweep, the running trials with their newest metrics, and lines for what ended', () => {
  const { screen, view, settle } = live();
  view.on(started(0));
  view.on(started(1, { device: '0' }));
  view.on(reported(1, ['loss', 2, 0.25], ['acc', 2, 0.5]));
  settle();
  expect(screen.lines()).toEqual([
    expect.stringMatching(/^\S+ 0\/4 trials \| no result yet$/) as string,
    `  trial 0  cpu  1.0 s  ${PARAMS}`,
    `  trial 1  0  1.0 s  step 2  loss=0.25 acc=0.5  ${PARAMS}`,
  ]);
  view.on(finished(0));
  settle();
  expect(screen.lines()).toEqual([
    'trial 0 COMPLETE with 0.9 after 12.3 s  * new best',
    expect.stringMatching(/^\S+ 1\/4 trials \| ETA \S+ s \| best acc=0.9 \(trial 0\)$/) as string,
    `  trial 1  0  2.0 s  step 2  loss=0.25 acc=0.5  ${PARAMS}`,
  ]);
  view.close();
});

test('leaves only the lines when it closes, all of them, and the cursor', () => {
  const { screen, view, settle } = live();
  for (const trial of [0, 1, 2]) view.on(started(trial));
  settle();
  expect(screen.cursorHidden).toBe(true);
  for (const trial of [0, 1]) view.on(finished(trial));
  view.log('a word of the command line');
  view.close();
  expect(screen.lines()).toEqual([
    'trial 0 COMPLETE with 0.9 after 12.3 s  * new best',
    'trial 1 COMPLETE with 0.9 after 12.3 s',
    'a word of the command line',
  ]);
  expect(screen.cursorHidden).toBe(false);
});

test('a logged line leaves nothing of the row that it is written over', () => {
  const { screen, view, settle } = live();
  view.on(started(0));
  view.on(reported(0, ['a_metric_with_a_long_name', 100_000, 0.123456], ['another_one', 100_000, 1]));
  settle();
  view.log('short');
  settle();
  expect(screen.lines()[0]).toBe('short');
  expect(screen.lines()).toHaveLength(3);
  view.close();
});

test('a logged line longer than the terminal is shown whole, with the display below it', () => {
  const { screen, view, settle } = live(60);
  view.on(started(0));
  settle();
  const long = Array.from({ length: 40 }, (_, k) => `word${k}`).join(' ');
  view.log(long);
  view.log('next');
  settle();
  const lines = screen.lines();
  const rows = Math.ceil(long.length / 60);
  expect(
    lines
      .slice(0, rows)
      .map((line) => line.padEnd(60))
      .join('')
      .trimEnd(),
  ).toBe(long);
  expect(lines.slice(rows)).toEqual([
    'next',
    expect.stringContaining('0/4 trials | no') as string,
    expect.stringMatching(/^ {2}trial 0 {2}cpu/) as string,
  ]);
  view.close();
});

test('counts the running trials that have no row, and cuts rows that would wrap', () => {
  const { screen, view, settle } = live(40);
  for (let trial = 0; trial < 20; trial++) view.on(started(trial));
  view.on(reported(0, ['a_metric_with_a_very_long_name', 1, 0.5]));
  settle();
  const lines = screen.lines();
  expect(lines).toHaveLength(13);
  expect(lines[1]).toMatch(/^ {2}trial 0 .*…$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  view.close();
  const wide = live(200);
  for (let trial = 0; trial < 20; trial++) wide.view.on(started(trial));
  wide.settle();
  expect(wide.screen.lines()[0]).toContain('| 8 more running |');
  wide.view.close();
});

test('without a total there is a count and no bar', () => {
  const { screen, view, settle } = live(100, null);
  view.on(finished(0));
  settle();
  expect(screen.lines().at(-1)).toBe('1 trials | best acc=0.9 (trial 0)');
  view.close();
});

test('shows what a trial uses of its GPU once that is known', () => {
  const { screen, view, settle } = live();
  view.on(started(1, { device: '0' }));
  const sample = { cardUtilizationPercent: 63, memoryMiB: 4198, cardMemoryMiB: 9000, shared: true };
  view.on({ type: 'gpu-used', trial: 1, sample });
  settle();
  expect(screen.lines().at(-1)).toBe(`  trial 1  GPU 0 63 % 4.1 GiB  1.0 s  ${PARAMS}`);
  view.close();
});

test('what a device or a reason holds cannot move the cursor', () => {
  const { screen, view, settle } = live();
  view.on(started(0, { device: '0\u009b2J\u202e' }));
  view.on(finished(1, { state: 'fail', reason: 'bad\u001b[2J\nline', tail: ['\u009d0;title\u0007\tend'] }));
  settle();
  const text = screen.lines().join('\n');
  expect(text).toContain('trial 0  0\\u009b2J\\u202e');
  expect(text).toContain('bad\\u001b[2J\\nline');
  expect(text).toContain('  | \\u009d0;title\\u0007    end');
  view.close();
});

test('a running trial shows the curve of its objective, in ASCII where the terminal has no UTF-8', () => {
  for (const [env, curve] of [
    [{ LANG: 'en_US.utf8' }, '▁▅█'],
    [{ LANG: 'en_US.utf8', LC_ALL: 'C' }, '_=#'],
  ] as const) {
    const { screen, view, settle } = live(100, 4, { ...env });
    view.on(started(0));
    for (const step of [1, 2, 3]) view.on(reported(0, ['acc', step, step / 10], ['loss', step, 9]));
    settle();
    expect(screen.lines().at(-1)).toContain(`acc=0.3 loss=9  ${curve}  ${PARAMS}`);
    if ('LC_ALL' in env) expect(screen.lines().join('')).not.toMatch(/[^ -~]/);
    view.close();
  }
});

test('a pruned trial takes one line, with its last step and the reason; what ended is counted', () => {
  const { screen, view, settle } = live(120);
  view.on(started(0));
  view.on(reported(0, ['acc', 3, 0.1]));
  view.on({ type: 'trial-pruning', trial: 0, reason: 'worse than the median' });
  view.on(finished(0, { state: 'pruned', values: [0.1], reason: 'worse than the median' }));
  view.on(finished(1, { state: 'fail', values: null, reason: 'exit code 1' }));
  view.on(finished(2, { values: [0.95], feasible: false, violations: [1] }));
  settle();
  expect(screen.lines().slice(0, 3)).toEqual([
    'trial 0 PRUNED at step 3 with 0.1 after 12.3 s: worse than the median',
    'trial 1 FAIL after 12.3 s: exit code 1',
    'trial 2 COMPLETE with 0.95 after 12.3 s infeasible (breaks a limit)',
  ]);
  expect(screen.lines().at(-1)).toContain('3/4 trials | ETA');
  expect(screen.lines().at(-1)).toContain('| 1 pruned, 1 failed, 1 infeasible | no result yet');
  view.close();
});

test('at 40 columns the ETA is there, and names are cut', () => {
  const { screen, view, settle } = live(40);
  view.on(finished(0));
  view.on(started(1, { params: { ['名'.repeat(30)]: 1 } }));
  settle();
  const [header, row] = screen.lines().slice(-2);
  expect(header).toMatch(/^1\/4 trials \| ETA .*…$/);
  expect(row).toMatch(/^ {2}trial 1 {2}cpu {2}1\.0 s {2}名+…$/);
  view.close();
});
