import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argumentsOf } from '../../src/cli/best/show-best.js';
import { hpoInProcess, saidBy } from '../support/in-process.js';
import { makeShownStudy, type ShownStudy } from '../support/shown-study.js';

let study: ShownStudy;
beforeAll(async () => {
  study = await makeShownStudy();
});
afterAll(() => study.remove());

type Config = {
  metric?: string;
  value: number;
  n: number;
  trials: number[];
  params: Record<string, number | string>;
};

const here = () => ['--storage', study.url, '--sweep', 'none.yaml'];
const best = (...args: readonly string[]) => saidBy('best', ...here(), ...args);
const json = async (...args: readonly string[]) => JSON.parse(await best('--json', ...args)) as Config[];

test('each parameter of the best configurations has a column', async () => {
  const [header, first] = (await best('--top', '3')).split('\n');
  expect(header?.trim().split(/\s+/)).toEqual(['loss', 'std', 'n', 'trials', 'lr', 'opt', 'momentum']);
  expect(first).toMatch(/^0\.\d+ +0\.00\d+ +2 +\d+,\d+ +0\.00\d+ +(adam|sgd)/);
});

test('--metric ranks by another metric, in the direction of the objective unless told otherwise', async () => {
  const [top] = await json('--top', '1');
  const up = await json('--metric', 'accuracy', '--maximize', '--top', '100');
  expect(up[0]).toMatchObject({ metric: 'accuracy', trials: top?.trials, n: 2 });
  const down = await json('--metric', 'accuracy', '--top', '100');
  expect(down.map(({ trials }) => trials)).toEqual(up.map(({ trials }) => trials).reverse());
  expect((await json('--metric', 'loss', '--top', '1'))[0]?.trials).toEqual(top?.trials);
  expect((await json('--maximize', '--top', '1'))[0]?.value).toBeGreaterThan(top?.value ?? 0);
  // Of another metric nobody said what is better.
  const note = 'by the lowest accuracy, in the direction of the objective (--maximize: by the highest)\n';
  expect(await best('--metric', 'accuracy')).toContain(note);
  expect((await hpoInProcess('best', ...here(), '--metric', 'accuracy', '--args')).stderr).toBe(note);
  for (const given of [
    ['--metric', 'accuracy', '--minimize'],
    ['--metric', 'loss'],
  ])
    expect(await best(...given)).not.toContain('in the direction of');
  const { code, stderr } = await hpoInProcess('best', ...here(), '--metric', 'nothing');
  expect(code).toBe(2);
  expect(stderr).toMatch(/error\[best\.no-metric\].*nothing\n {2}fix: use one of accuracy, loss/);
});

test('--args prints the best configuration as arguments, in full', async () => {
  const [top] = await json('--top', '1');
  const text = await best('--args');
  expect(text.split('\n')).toEqual([argumentsOf(top?.params ?? {}), '']);
  expect(text).toContain(`lr=${top?.params.lr}`);
  expect((await hpoInProcess('best', ...here(), '--args', '--json')).code).toBe(2);
});

test('--command is refused where a program ran the trials, and beside --args', async () => {
  const { code, stderr, stdout } = await hpoInProcess('best', ...here(), '--command');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/error\[best\.no-command\].*study shown\n {2}fix: .*hpo best --top 1 --json/);
  expect((await hpoInProcess('best', ...here(), '--command', '--args')).code).toBe(2);
});

test('a value of several lines is one line of arguments, which a POSIX shell reads back with eval', () => {
  const values = { text: "it's\na\\nb %s\n\n$x", lr: 1 };
  const text = argumentsOf(values);
  expect(text).not.toContain('\n');
  const script = `set -- ${text}; printf '%s|' "$@"`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(`text=${values.text}|lr=1|`);
  expect(() => argumentsOf({ text: 'a\n' })).toThrow(/text ends in a line break/);
});

test('a POSIX shell reads the arguments back, whatever the values are', () => {
  const values = {
    lr: 0.1 + 0.2,
    'a b': 'it\'s $HOME `x` "y"',
    none: null,
    glob: '*',
    on: true,
    two: 'a  b',
  };
  const script = `set -- ${argumentsOf(values)}; for arg; do printf '%s\\0' "$arg"; done`;
  const read = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  expect(read).toEqual(Object.entries(values).map(([name, value]) => `${name}=${value}`));
});
