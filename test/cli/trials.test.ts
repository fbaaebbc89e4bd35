import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStudy, float } from '../../src/index.js';
import { hpo, makeSweep } from '../support/cli.js';
import { hpoInProcess, saidBy } from '../support/in-process.js';
import { makeShownStudy, type ShownStudy } from '../support/shown-study.js';

let study: ShownStudy;
beforeAll(async () => {
  study = await makeShownStudy();
});
afterAll(() => study.remove());

type Row = {
  number: number;
  state: string;
  values: number[] | null;
  params: Record<string, number | string>;
  feasible: boolean | null;
};

const here = () => ['--storage', study.url, '--sweep', 'none.yaml'];
const trials = (...args: readonly string[]) => saidBy('trials', ...here(), ...args);
const json = async (...args: readonly string[]) => JSON.parse(await trials('--json', ...args)) as Row[];
const numbers = async (...args: readonly string[]) => (await json(...args)).map(({ number }) => number);
/** The cells of a table without blanks in its cells. */
const cells = async (...args: readonly string[]) =>
  (await trials(...args))
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

test('each parameter has a column, with four digits; a column that is empty everywhere has none', async () => {
  const [header, first] = (await trials()).split('\n');
  expect(header?.trim().split(/\s{2,}/)).toEqual(
    'trial state objective lr opt momentum config epochs time device seed reason'.split(' '),
  );
  expect(first).toMatch(/^ +0 {2}COMPLETE +0\.\d{1,4} +0\.\d+ +adam /);
  expect(await trials('--where', 'opt == "adam"')).not.toContain('momentum');
});

test('--state takes the words of the page too', async () => {
  expect(await numbers('--state', 'failed')).toEqual(await numbers('--state', 'FAIL'));
  expect(await numbers('--state', 'completed')).toEqual(await numbers('--state', 'complete'));
  expect((await numbers('--state', 'failed')).length).toBeGreaterThan(0);
});

test('--sort puts the best first by the objective, failures last, and the lowest first otherwise', async () => {
  const all = await json('--sort', 'loss');
  const complete = all
    .filter(({ state }) => state === 'COMPLETE')
    .map(({ values }) => values?.[0] ?? Number.NaN);
  expect(complete).toEqual([...complete].sort((a, b) => a - b));
  expect(all.map(({ state }) => state)).toEqual(
    [...all]
      .map(({ state }) => state)
      .sort((a, b) => 'COMPLETE PRUNED FAIL'.indexOf(a) - 'COMPLETE PRUNED FAIL'.indexOf(b)),
  );
  expect(await numbers('--top', '3')).toEqual(all.slice(0, 3).map(({ number }) => number));
  const rates = (await json('--sort', '-lr', '--top', '5')).map(({ params }) => params.lr as number);
  expect(rates).toEqual([...rates].sort((a, b) => b - a));
  expect(await numbers('--sort', 'lr', '--desc')).toEqual(await numbers('--sort', '-lr'));
  expect((await numbers('--desc'))[0]).toBe(all.length - 1);
  // What has no value comes last, in either direction.
  expect((await json('--sort=-momentum')).at(-1)?.params.momentum).toBeUndefined();
});

test('--where, --state and --columns choose rows and columns', async () => {
  const some = await json(
    '--where',
    'lr < 0.01 and opt == "sgd" and not state == pruned_',
    '--state',
    'COMPLETE',
  ).catch((error: unknown) => String(error));
  expect(some).toMatch(/error\[where\.syntax\].*got pruned_/);
  const kept = await json('--where', 'lr < 0.01 and opt == "sgd"', '--state', 'COMPLETE');
  expect(kept.length).toBeGreaterThan(2);
  for (const { state, params } of kept) {
    expect(state).toBe('COMPLETE');
    expect(params.opt).toBe('sgd');
    expect(params.lr).toBeLessThan(0.01);
  }
  expect(await cells('--columns', 'trial, accuracy,momentum', '--where', 'trial == 0')).toEqual([
    ['trial', 'accuracy', 'momentum'],
    ['0', expect.stringMatching(/^0\.\d{4}$/)],
  ]);
  const [row] = JSON.parse(
    await trials('--json', '--columns', 'lr,metric.accuracy,started', '--top', '1'),
  ) as [Record<string, unknown>];
  expect(Object.keys(row)).toEqual(['lr', 'metric.accuracy', 'started']);
  expect(String(row.lr).length).toBeGreaterThan(10);
  expect(row.started).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('what nobody can mean is a mistake of usage, and nothing that matches is no error', async () => {
  const failing = async (...args: readonly string[]) => {
    const { code, stderr, stdout } = await hpoInProcess('trials', ...here(), ...args);
    expect([code, stdout]).toEqual([2, '']);
    return stderr;
  };
  expect(await failing('--columns', 'trial,learning')).toMatch(
    /error\[trials\.unknown-column\].*"learning"\n {2}fix: use one of lr, opt/,
  );
  expect(await failing('--sort', 'nothing')).toMatch(/trials\.unknown-column/);
  expect(await failing('--where', 'lr <')).toMatch(/where\.syntax.*\n {2}lr <\n {6}\^/);
  expect(await failing('--columns', 'a,,b')).toMatch(/names with commas/);
  expect(await trials('--where', 'lr > 5')).toBe('study shown has no trials where lr > 5\n');
  expect(await trials('--where', 'lr > 5', '--json')).toBe('[]\n');
});

test('a hidden trial is marked in lists and on its own page of facts, and is ranked as before', async () => {
  const [first] = await numbers('--top', '1');
  const before = await saidBy('best', ...here());
  await saidBy('hide', String(first), ...here());
  const [header, row, other] = await cells('--top', '2', '--columns', 'trial,hidden');
  expect([header, row, other?.[1]]).toEqual([['trial', 'hidden'], [String(first), 'true'], 'false']);
  const [titles, marked] = await cells('--top', '1');
  expect(marked?.[titles?.indexOf('hidden') ?? -1]).toBe('hidden');
  expect(await numbers('--where', 'hidden == true')).toEqual([first]);
  expect((await json('--where', 'hidden == true'))[0]).toMatchObject({ hidden: true });
  expect(await saidBy('show', String(first), ...here())).toContain('COMPLETE, loss');
  expect((await saidBy('show', String(first), ...here())).split('\n')[0]).toContain('hidden from plots');
  expect(await saidBy('best', ...here())).toBe(before);
  await saidBy('hide', '--show', String(first), ...here());
  expect((await cells())[0]).not.toContain('hidden');
});

test('outliers are marked, as a column and as a field; a spread over many decades has none', async () => {
  const cwd = makeSweep({ parameters: { x: { min: 0, max: 1 } } });
  const begun = (name: string) => ['--study', name, '--storage', 'sqlite:storage/hpo.db'];
  const add = async (name: string, values: readonly number[]) => {
    const url = `sqlite:${join(cwd, 'storage/hpo.db')}`;
    const study = await createStudy({ name, storage: url, direction: 'maximize', space: { x: float(0, 1) } });
    for (const [k, value] of values.entries()) await study.addTrial({ params: { x: k / 40 }, values: value });
    await study.close();
  };
  mkdirSync(join(cwd, 'storage'), { recursive: true });
  await add(
    'odd',
    Array.from({ length: 16 }, (_, k) => (k % 5 === 2 ? -1e6 : -1 - (k % 7) / 3)),
  );
  await add(
    'wide',
    Array.from({ length: 16 }, (_, k) => -(10 ** ((6 * ((7 * k) % 16)) / 15))),
  );
  const listed = async (name: string, ...args: string[]) => hpo(cwd, 'trials', ...begun(name), ...args);
  const marked = JSON.parse(await listed('odd', '--json')) as { number: number; outlier: boolean }[];
  expect(marked.flatMap(({ number, outlier }) => (outlier ? [number] : []))).toEqual([2, 7, 12]);
  expect((await listed('odd')).split('\n').filter((line) => / outlier /.test(line))).toHaveLength(4);
  const where = JSON.parse(
    await listed('odd', '--where', 'outlier == true', '--columns', 'trial,outlier', '--json'),
  );
  expect(where).toEqual([2, 7, 12].map((trial) => ({ trial, outlier: true })));
  const shown = async (number: number) =>
    JSON.parse(await hpo(cwd, 'show', `${number}`, ...begun('odd'), '--json'));
  expect([(await shown(7)).outlier, (await shown(8)).outlier]).toEqual([true, false]);
  expect((await hpo(cwd, 'show', '7', ...begun('odd'))).split('\n')[0]).toMatch(/, outlier/);
  expect((await hpo(cwd, 'show', '8', ...begun('odd'))).split('\n')[0]).not.toContain('outlier');
  expect(await listed('wide', '--json')).not.toContain('"outlier": true');
  expect(await listed('wide')).not.toContain('outlier');
});
