import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, contains, float, int, type Params } from '../../src/core/distribution.js';
import { type Earlier, type EarlierStudy, TRANSFERRED } from '../../src/core/earlier-studies.js';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, resolve, type Space } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Attrs } from '../../src/core/trial.js';
import { baseModelOf } from '../../src/samplers/gp/transfer/base-model.js';
import { earlierRows } from '../../src/samplers/gp/transfer/earlier-rows.js';
import { ensembleOf } from '../../src/samplers/gp/transfer/expectation.js';
import { distributions, spaces } from '../core/arbitraries.js';
import { config, history, loadSampler, pasts, viewOf } from './support.js';

const space = makeSpace([
  { name: 'rate', distribution: float(1e-5, 0.1, { log: true }) },
  { name: 'width', distribution: int(1, 256, { log: true }) },
  { name: 'drop', distribution: float(0, 1) },
]);
const loss = ({ rate, width, drop }: Params) =>
  Math.log10((rate as number) / 3e-4) ** 2 +
  Math.log2((width as number) / 64) ** 2 / 4 +
  ((drop as number) - 0.4) ** 2;
/** Has nothing to do with the loss. */
const other = ({ rate, width, drop }: Params) =>
  Math.sin(9 * Math.log10(rate as number)) + Math.cos(5 * Math.log2(width as number)) - (drop as number);

function draw(of: Space, seed: number, index: number): Params {
  const rng = makeRng(seed, 'draw', index);
  return resolve(of, ({ distribution: d }) =>
    d.kind === 'categorical'
      ? (d.choices[rng.int(d.choices.length)] as never)
      : d.kind === 'int'
        ? d.low + rng.int(d.high - d.low + 1)
        : d.log
          ? d.low * Math.exp(rng.float() * Math.log(d.high / d.low))
          : d.low + rng.float() * (d.high - d.low),
  ).params;
}

function study(f: (params: Params) => number, seed = 1, count = 40): EarlierStudy {
  const points = Array.from({ length: count }, (_, k) => {
    const params = draw(space, seed, k);
    return { params, value: f(params) };
  });
  return { name: `study ${seed}`, results: count, points };
}

const from = (...studies: readonly EarlierStudy[]): Earlier => ({ weight: 1, studies });

/** The proposals of a search with what it found. */
async function search(
  name: string,
  earlier: Earlier | null,
  { seed = 1, count = 12, direction = 'minimize' as 'minimize' | 'maximize', f = loss } = {},
) {
  const sampler = await loadSampler(name);
  const configs: ConfigView[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    const view: StudyView = { ...viewOf(configs, [direction]), seed, earlier };
    const made = sampler.sample(space, view, { index, rng: makeRng(seed, 'search', index) });
    if ('exhausted' in made) throw new Error(made.exhausted);
    configs.push({ ...config(index, made.params, { value: f(made.params) }), attrs: made.attrs ?? {} });
    best = Math.min(best, loss(made.params));
  }
  return { best, configs, params: configs.map(({ params }) => params) };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const LEARNING = ['gp', 'tpe', 'auto'];

describe.each(LEARNING)('%s', (name) => {
  test('finds more in the first trials with a related study', async () => {
    const related = from(
      study((params) => 1000 + 7 * loss({ ...params, rate: (params.rate as number) * 1.5 })),
    );
    const bestOf = async (earlier: Earlier | null) =>
      median(
        await Promise.all(
          [1, 2, 3].map(async (seed) => (await search(name, earlier, { seed, count: 8 })).best),
        ),
      );
    expect(await bestOf(related)).toBeLessThan(0.5 * (await bestOf(null)));
  });

  test('begins at the best point of each earlier study', async () => {
    const studies = [study(loss, 1), study(loss, 2)];
    const { params } = await search(name, from(...studies), { count: 2 });
    expect(params).toEqual(
      studies.map(({ points }) => points.toSorted((a, b) => a.value - b.value)[0]?.params),
    );
  });

  test('a weight of 0 proposes what it would propose without earlier studies', async () => {
    const weightless = { ...from(study(loss)), weight: 0 };
    expect((await search(name, weightless)).params).toEqual((await search(name, null)).params);
  });

  test('the units of an earlier study do not matter, and neither does the direction where values are negated', async () => {
    const plain = await search(name, from(study(loss)));
    const doubled = await search(name, from(study((params) => 2 * loss(params))));
    expect(doubled.params).toEqual(plain.params);
    const negated = await search(name, from(study((params) => -loss(params))), {
      direction: 'maximize',
      f: (params) => -loss(params),
    });
    expect(negated.params).toEqual(plain.params);
  });

  test('shows with each proposal how much each study counted, a related one and one that has nothing to do with it', async () => {
    const { configs } = await search(name, from(study(loss, 1), study(other, 2)), { count: 14 });
    const shown = configs.flatMap(
      ({ attrs }) => ((attrs as Attrs)[TRANSFERRED] as number[] | undefined) ?? [],
    );
    const [related, unrelated] = [0, 1].map((k) => shown.filter((_, at) => at % 2 === k));
    expect(Math.max(...(related as number[]))).toBeGreaterThan(0.3);
    expect(unrelated?.at(-1)).toBe(0);
  });

  test('the limit of their weight holds for all of them together', async () => {
    const earlier = { ...from(study(loss, 1), study(loss, 2)), weight: 0.25 };
    const { configs } = await search(name, earlier);
    const sums = configs.flatMap(({ attrs }) => {
      const weights = (attrs as Attrs)[TRANSFERRED] as number[] | undefined;
      return weights ? [weights.reduce((a, b) => a + b, 0)] : [];
    });
    expect(Math.max(...sums)).toBeGreaterThan(0);
    expect(Math.max(...sums)).toBeLessThanOrEqual(0.26);
  });

  test('an earlier study without results, and one of other parameters, change nothing', async () => {
    const empty = { name: 'empty', results: 0, points: [] };
    const foreign = { name: 'foreign', results: 9, points: [{ params: { depth: 3 }, value: 1 }] };
    expect((await search(name, from(empty, foreign))).params).toEqual((await search(name, null)).params);
  });

  test('is pure, and stays inside any space, whatever earlier studies are', async () => {
    const sampler = await loadSampler(name);
    const fresh = await loadSampler(name);
    const between = fc.array(pasts, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(spaces(distributions), spaces(distributions), between, pasts, (own, odd, before, past) => {
        const studies = before.map((each, k): EarlierStudy => {
          const { configs } = history(k === 0 ? own : odd, each, 3);
          const points = configs.flatMap(({ params, values }) =>
            values ? [{ params, value: values[0] ?? 0 }] : [],
          );
          return { name: String(k), results: points.length, points };
        });
        const plain = history(own, past, 5);
        const view = { ...plain, directions: ['minimize'], earlier: from(...studies) } as StudyView;
        const index = past.length;
        const propose = (by: typeof sampler) => by.sample(own, view, { index, rng: makeRng(index, 'pure') });
        const made = propose(sampler);
        expect(propose(fresh)).toEqual(made);
        if ('exhausted' in made) return;
        const { params } = resolve(own, ({ name: each, distribution }) => {
          const value = made.params[each];
          if (value === undefined || !contains(distribution, value)) throw new Error(`${each}: ${value}`);
          return value;
        });
        expect(params).toEqual(made.params);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the results of an earlier study in the columns of this one', () => {
  const now = makeSpace([
    { name: 'x', distribution: float(0, 1) },
    { name: 'y', distribution: float(0, 1) },
    { name: 'opt', distribution: categorical(['adam', 'sgd']) },
  ]);
  const earlier = (...points: readonly Params[]): EarlierStudy => ({
    name: 'before',
    results: points.length,
    points: points.map((params, k) => ({ params, value: k })),
  });

  test('a wider range keeps its distances, and a row of this study has its place in it', () => {
    const { rows, columns } = earlierRows(
      now,
      encodingOf(now),
      earlier({ x: -1, opt: 'sgd' }, { x: 1, opt: 'sgd' }),
    );
    expect(rows.map(([x]) => x)).toEqual([0, 1]);
    const half = encodingOf(now).row({ x: 0, y: 0, opt: 'adam' }) as Float64Array;
    expect(((half[0] as number) - (columns[0]?.shift ?? 0)) * (columns[0]?.scale ?? 0)).toBe(0.5);
  });

  test('a parameter that it did not have is the same in all of its rows', () => {
    const { rows, columns } = earlierRows(now, encodingOf(now), earlier({ x: 0.1 }, { x: 0.9 }));
    expect(rows.map((row) => row[1])).toEqual([0.5, 0.5]);
    expect(columns.map(({ known }) => known)).toEqual([true, false, false]);
  });

  test('choices that this study does not have differ from its own and from each other', () => {
    const points = ['adam', 'lion', 'muon', 'sgd', 'lion'].map((opt) => ({ x: 0.5, opt }));
    const codes = earlierRows(now, encodingOf(now), earlier(...points)).rows.map((row) => row[2]);
    expect(new Set(codes).size).toBe(4);
    expect(codes[1]).toBe(codes[4]);
  });

  test('a point whose value has no place is left out', () => {
    const { rows, values } = earlierRows(
      now,
      encodingOf(now),
      earlier({ x: 0.1 }, { x: 'auto' }, { x: 0.3 }),
    );
    expect(rows).toHaveLength(2);
    expect(values).toEqual([0, 2]);
  });
});

test('the slope of what earlier studies expect is that of its values', () => {
  const encoding = encodingOf(space);
  const model = baseModelOf(space, { encoding, sign: 1 }, study(loss));
  if (!model) throw new Error('no model');
  const rows = Array.from({ length: 9 }, (_, k) => encoding.row(draw(space, 3, k)) as Float64Array);
  const at = Float64Array.from(rows, (row) => model.value(row));
  const z = at.map((value, k) => 3 * value + (k % 2) / 10);
  const expected = ensembleOf([{ model, weight: 0.7, at }], z);
  const [row] = rows as [Float64Array];
  const gradient = new Float64Array(encoding.numbers);
  expect(expected.differentiate(row, gradient)).toBeCloseTo(expected.value(row), 12);
  gradient.forEach((slope, c) => {
    const shifted = (by: number) => expected.value(row.map((v, k) => (k === c ? v + by : v)));
    expect(slope).toBeCloseTo((shifted(1e-5) - shifted(-1e-5)) / 2e-5, 4);
  });
});
