import { readFileSync } from 'node:fs';
import { withDefaults } from '../../src/core/component-options.js';
import { samplers } from '../../src/samplers/registry.js';
import { SETTINGS, type Settings } from '../../src/samplers/tpe/settings.js';
import { makeTpe } from '../../src/samplers/tpe/tpe.js';
import type { Bench, Section } from '../bench.js';
import { mannWhitney } from '../search/mann-whitney.js';
import { CHECKPOINTS } from '../search/observer.js';
import { search } from '../search/run.js';
import { families } from './families.js';
import type { Family } from './family.js';

type Runs = readonly (readonly number[])[];
type Variant = {
  readonly name: string;
  readonly settings: Settings;
  readonly options: Record<string, number>;
};

/** Not the seeds that the constants were chosen on. */
const FIRST_SEED = 6000;

const { close, wide } = SETTINGS;
const setting = (name: string, change: Partial<Settings>): Variant => ({
  name,
  settings: { ...SETTINGS, ...change },
  options: {},
});
const option = (name: string, options: Record<string, number>): Variant => ({
  name,
  settings: SETTINGS,
  options,
});

/** One constant changed at a time. */
const variants: readonly Variant[] = [
  setting('never wide', { wideShare: 0 }),
  setting('wide half of the time', { wideShare: 0.5 }),
  setting('close: 8 % good', { close: { ...close, goodShare: 0.08 } }),
  setting('close: 20 % good', { close: { ...close, goodShare: 0.2 } }),
  setting('close: bandwidths x 0.7', { close: { ...close, width: 0.7 * close.width } }),
  setting('close: bandwidths x 1.4', { close: { ...close, width: 1.4 * close.width } }),
  setting('close: choices smeared as in Optuna', { close: { ...close, smear: 1 } }),
  setting('wide: 13 % good', { wide: { ...wide, goodShare: 0.13 } }),
  setting('wide: bandwidths x 1.5', { wide: { ...wide, width: 1.5 * wide.width } }),
  setting('wide: choices smeared as in Optuna', { wide: { ...wide, smear: 1 } }),
  setting("good density: prior of weight 1, Optuna's", { goodPrior: 1 }),
  setting("bad density: prior of weight 1, Optuna's", { badPrior: 1 }),
  option('12 candidates', { candidates: 12 }),
  option('48 candidates', { candidates: 48 }),
  option('10 startup trials', { startup_trials: 10 }),
];

/** Measures the effect of each constant of tpe by changing one at a time, and compares its results with Optuna's. */
export const benchTune: Bench = async ({ quick, say }) => {
  const count = quick ? 2 : 40;
  const chosen = quick ? families.slice(0, 3) : families;
  const standard = option('as it is', {});
  say(standard.name);
  const base = runAll(standard, chosen, FIRST_SEED, count);
  const others = variants.map((variant) => {
    say(variant.name);
    return { name: variant.name, lost: winsByFamily(base, runAll(variant, chosen, FIRST_SEED, count)) };
  });
  return {
    title: 'The constants of tpe',
    intro:
      `Searches of 100 trials in ${families.length} families of problems; a seed determines an instance, so that no constant can fit one ` +
      'optimum. A figure is how often one search beats another of the same family, over all pairs: 0.5 is no difference.',
    sections: [beside(chosen, base), changed(others)],
    figures: { settings: SETTINGS, firstSeed: FIRST_SEED, count, base, changed: others },
  };
};

type AllRuns = Readonly<Record<string, Runs>>;

function runAll(
  { settings, options }: Variant,
  all: readonly Family[],
  first: number,
  count: number,
): AllRuns {
  const specs = samplers.find(({ name }) => name === 'tpe')?.options ?? {};
  const seeds = Array.from({ length: count }, (_, k) => first + k);
  const runs = all.map(({ name, make }) => [
    name,
    seeds.map((seed) => search(make(seed), makeTpe(withDefaults(specs, options), settings), seed)),
  ]);
  return Object.fromEntries(runs) as AllRuns;
}

function beside(all: readonly Family[], ours: AllRuns): Section {
  const file = new URL('./data/optuna4.json', import.meta.url);
  const reference = JSON.parse(readFileSync(file, 'utf8')) as {
    about: string;
    problems: Record<string, { tpe: Runs }>;
  };
  const rows = all.map(({ name }) => [
    name,
    ...wins(ours[name] as Runs, reference.problems[name]?.tpe as Runs).map(
      ({ better, p }) => `${better.toFixed(2)}${p < 0.05 ? ' *' : ''}`,
    ),
  ]);
  return {
    title: "Beside Optuna's TPE",
    text: `${reference.about} hpo on other instances, from seed ${FIRST_SEED} on: the constants were chosen on those of Optuna's seeds. * significant (Mann-Whitney, p < 0.05).`,
    header: ['family', ...CHECKPOINTS.map((k) => `wins at ${k}`)],
    rows,
  };
}

/** How often the first of two searches wins, at each checkpoint. */
type Lost = readonly { readonly family: string; readonly better: readonly number[] }[];

function winsByFamily(base: AllRuns, runs: AllRuns): Lost {
  return Object.keys(base).map((family) => ({
    family,
    better: wins(base[family] as Runs, runs[family] as Runs).map(({ better }) => better),
  }));
}

function changed(others: readonly { readonly name: string; readonly lost: Lost }[]): Section {
  const rows = others.map(({ name, lost }) => {
    const mean = CHECKPOINTS.map(
      (_, k) => lost.reduce((sum, { better }) => sum + (better[k] as number), 0) / lost.length,
    );
    const last = (one: Lost[number]) => one.better.at(-1) as number;
    const order = [...lost].sort((a, b) => last(b) - last(a));
    const tell = (one: Lost[number]) => `${one.family} ${last(one).toFixed(2)}`;
    return [
      name,
      ...mean.map((v) => v.toFixed(3)),
      tell(order[0] as Lost[number]),
      tell(order.at(-1) as Lost[number]),
    ];
  });
  return {
    title: 'One constant changed',
    text:
      `How often the current constants beat the changed ones, mean over the families, seeds from ${FIRST_SEED} on (they were ` +
      'chosen on others); then the family where the change loses most, and where it gains most. Above 0.5 the change is worse.',
    header: ['change', ...CHECKPOINTS.map((k) => `at ${k}`), 'loses most at 100', 'gains most at 100'],
    rows,
  };
}

function wins(ours: Runs, others: Runs) {
  return CHECKPOINTS.map((_, k) =>
    mannWhitney(
      ours.map((run) => run[k] as number),
      others.map((run) => run[k] as number),
    ),
  );
}
