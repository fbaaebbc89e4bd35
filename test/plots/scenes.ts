import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import type { ParamSpec } from '../../src/core/space.js';
import { complete, type MadeStudy, type MadeTrial } from './support.js';

const PARAMS: readonly ParamSpec[] = [
  { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
  { name: 'opt', distribution: categorical(['sgd', 'adam']) },
  { name: 'momentum', distribution: float(0, 1), when: { opt: ['sgd'] } },
  { name: 'layers', distribution: int(1, 8) },
];

/** Text that would be markup, an entity, an escape sequence, half a character or a very long line. */
export const HOSTILE = `<script>alert("1")</script>&amp;\u001b[2J\u0007\ud800\uffff'${'宽'.repeat(60)}\n\r`;

/** Parameters of trial k, spread over the whole space. */
function paramsOf(k: number): Params {
  const [a, b, c] = [0.618034, 0.754878, 0.569841].map((by) => (k * by) % 1) as [number, number, number];
  const opt = k % 3 === 0 ? 'sgd' : 'adam';
  return {
    lr: 10 ** (-6 * a),
    opt,
    ...(opt === 'sgd' && { momentum: b }),
    layers: 1 + Math.floor(8 * c),
  };
}

function lossOf(k: number): number {
  return 0.1 + Math.abs(Math.log10(Number(paramsOf(k).lr)) + 3) + ((k * 0.31) % 0.2);
}

function curveTo(value: number, length: number): (readonly [number, number])[] {
  return Array.from({ length }, (_, k) => [k + 1, value + 1 / (k + 1)] as const);
}

function mixed(count: number): MadeTrial[] {
  return Array.from({ length: count }, (_, k) => {
    const [loss, size] = [lossOf(k), 10 - lossOf(k) + (k % 7)];
    const base = {
      params: paramsOf(k),
      steps: curveTo(loss, k % 5 === 1 ? 2 : 5),
      violations: [k % 11 === 0 ? 1 : -1],
      hidden: k % 17 === 3,
      startedAtMs: 1000 * k,
      finishedAtMs: 1000 * k + 2500,
      device: String(k % 2),
    };
    if (k % 5 === 1) return { ...base, state: 'pruned', values: [loss, size] };
    if (k % 13 === 2) return { ...base, state: 'fail', values: null };
    return { ...base, state: 'complete', values: [loss, size] };
  });
}

const OBJECTIVES = [
  { metric: 'loss', direction: 'minimize' },
  { metric: 'size', direction: 'maximize' },
] as const;

const study = (trials: readonly MadeTrial[], changes: Partial<MadeStudy> = {}): MadeStudy => ({
  params: PARAMS,
  objectives: OBJECTIVES,
  repeats: 1,
  trials,
  ...changes,
});

/** Values of each trial over the plain space. */
const withValues = (values: readonly number[]): MadeStudy =>
  study(values.map((value, k) => complete(paramsOf(k), value, value)));

/** Studies that every plot must show. */
export const scenes: Readonly<Record<string, () => MadeStudy>> = {
  'no trial': () => study([]),
  'one trial': () => study(mixed(1)),
  'every trial failed': () =>
    study(mixed(9).map((trial) => ({ ...trial, state: 'fail', values: null, steps: [] }))),
  'only trials that run': () =>
    study(mixed(3).map((trial) => ({ ...trial, state: 'running', values: null }))),
  'a usual study': () => study(mixed(60)),
  'repeats of each configuration': () =>
    study(
      mixed(20).flatMap((trial) => [trial, { ...trial, values: trial.values?.map((v) => v + 0.1) ?? null }]),
      { repeats: 2 },
    ),
  'infinite and missing values': () =>
    withValues([Number.POSITIVE_INFINITY, 1, Number.NaN, 2, Number.NEGATIVE_INFINITY, 1.5]),
  'infinite values alone': () => withValues([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]),
  'NaN in the curves': () =>
    study(
      mixed(9).map((trial) => ({
        ...trial,
        steps: [
          [0, Number.NaN],
          [1, Number.POSITIVE_INFINITY],
          [9, 1],
        ],
      })),
    ),
  'one value for every trial': () => withValues(Array<number>(12).fill(0.25)),
  'values over the whole range of numbers': () =>
    withValues([-Number.MAX_VALUE, Number.MAX_VALUE, 0, Number.MIN_VALUE, 1]),
  'values over many decades': () => withValues(Array.from({ length: 40 }, (_, k) => 10 ** (k - 20))),
  'values that differ in the last digit': () =>
    withValues([0.1, 0.1 + Number.EPSILON / 8, 0.1 + Number.EPSILON / 4]),
  'a parameter with one value': () =>
    study(
      mixed(12).map((trial) => ({ ...trial, params: { fixed: 3 } })),
      { params: [{ name: 'fixed', distribution: int(3, 3) }] },
    ),
  'no parameter': () =>
    study(
      mixed(6).map((trial) => ({ ...trial, params: {} })),
      { params: [] },
    ),
  'names and values of others': () =>
    study(
      mixed(12).map((trial, k) => ({
        ...trial,
        params: { [HOSTILE]: k % 2 ? HOSTILE : 'b', __proto__x: k },
      })),
      {
        params: [{ name: HOSTILE, distribution: categorical([HOSTILE, 'b']) }],
        objectives: [
          { metric: HOSTILE, direction: 'minimize' },
          { metric: 'size', direction: 'minimize' },
        ],
      },
    ),
  'many parameters, choices and objectives': () => {
    const names = Array.from({ length: 40 }, (_, k) => `parameter_${k}`);
    const choices = Array.from({ length: 60 }, (_, k) => `choice ${k}`);
    return {
      params: names.map((name) => ({ name, distribution: categorical(choices) })),
      objectives: Array.from({ length: 6 }, (_, k) => ({ metric: `m${k}`, direction: 'maximize' })),
      repeats: 1,
      trials: Array.from({ length: 30 }, (_, k) =>
        complete(
          Object.fromEntries(names.map((name, n) => [name, choices[(k * n) % 60] as string])),
          ...Array.from({ length: 6 }, (_, m) => (k * (m + 3)) % 17),
        ),
      ),
    };
  },
};

/** 50,000 trials with five reports each. */
export const large = (): MadeStudy => study(mixed(50_000));
