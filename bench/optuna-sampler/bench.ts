import type { Bench, Report, Section } from '../bench.js';
import { makeWaitingKeeper } from '../kept-runs.js';
import { compared } from '../search/families.js';
import { rankedHigher } from '../search/mann-whitney.js';
import { median } from '../stats.js';
import { type Run, SAMPLERS, type SamplerName, startSearches, TRIALS } from './searches.js';

/** One of each kind: two and ten dimensions, few and many optima, turned, mixed, branches, plateaus, noise. */
const NAMES = [
  'branin',
  'hartmann6',
  'rastrigin5',
  'ackley8',
  'bowl10',
  'turned6',
  'mixed6',
  'conditional',
  'plateau6',
  'noisy6',
];
const SEEDS = [1000, 1001, 1002];

type Result = {
  readonly problem: string;
  readonly kind: string;
  readonly runs: Readonly<Record<SamplerName, readonly Run[]>>;
};

/** Measures time and best values of studies of Optuna with HpoSampler, TPESampler and GPSampler. */
export const benchOptunaSampler: Bench = async ({ quick, say }) => {
  const searches = await startSearches();
  if (searches === null) {
    say('bash scripts/real-parts.sh optuna-gp installs what this needs');
    return null;
  }
  const { version } = searches;
  const keep = makeWaitingKeeper<Run>({
    bench: 'optuna-sampler',
    revision: 1,
    sources: ['core', 'samplers', 'proposals'],
  });
  const problems = compared.filter(({ name }) => (quick ? NAMES.slice(0, 2) : NAMES).includes(name));
  const found = new Map<string, Run>();
  try {
    // The samplers take turns, since other work on the machine comes and goes.
    for (const seed of quick ? SEEDS.slice(0, 2) : SEEDS)
      for (const problem of problems)
        for (const sampler of SAMPLERS) {
          const name = `${version}-${problem.name}-${sampler}-${seed}`;
          const run = await keep(name, () => {
            say(`${problem.name}: ${sampler}, seed ${seed}`);
            return searches.search(problem, sampler, seed);
          });
          found.set(`${problem.name} ${sampler} ${seed}`, run);
        }
  } finally {
    searches.close();
  }
  const results = problems.map(({ name, kind }): Result => {
    const of = (sampler: SamplerName) =>
      SEEDS.flatMap((seed) => found.get(`${name} ${sampler} ${seed}`) ?? []);
    return { problem: name, kind, runs: { hpo: of('hpo'), tpe: of('tpe'), gp: of('gp') } };
  });
  return report(version, results);
};

function report(version: string, results: readonly Result[]): Report {
  const seeds = results[0]?.runs.hpo.length ?? 0;
  const better = results.filter((each) => bestOf(each, 'hpo') <= bestOf(each, 'gp')).length;
  const faster = Math.max(...results.map((each) => timeOf(each, 'hpo') / timeOf(each, 'gp')));
  return {
    title: "hpo's samplers in Optuna: time and best value of 100 trials",
    intro:
      `Medians over ${seeds} seeds of studies of ${TRIALS} trials in one Optuna ${version}, with \`HpoSampler()\` (the sampler auto), and TPESampler and GPSampler with ` +
      `their defaults. HpoSampler's median best is at or below GPSampler's on ${better} of ${results.length} problems, and its wall time is at most ` +
      `${(100 * faster).toFixed(0)} % of GPSampler's.`,
    sections: [bestValues(results), times(results)],
    figures: { optuna: version, trials: TRIALS, seeds: SEEDS.slice(0, seeds), results },
  };
}

function bestValues(results: readonly Result[]): Section {
  return {
    title: 'Best value',
    text: "Minimized, measured without noise, on problems of bench/search/families.ts. p: one-sided, of HpoSampler's values being higher than GPSampler's by chance (Mann-Whitney).",
    header: ['problem', 'kind', 'HpoSampler', 'TPESampler', 'GPSampler', 'p'],
    rows: results.map((each) => [
      each.problem,
      each.kind,
      ...SAMPLERS.map((sampler) => short(bestOf(each, sampler))),
      rankedHigher(valuesOf(each, 'hpo'), valuesOf(each, 'gp')).toFixed(2),
    ]),
  };
}

function times(results: readonly Result[]): Section {
  return {
    title: 'Time',
    text:
      "Seconds of wall time, in parentheses of CPU time, without the objective's. HpoSampler's include the start and the end of its process; what " +
      "Optuna's samplers load (SciPy, PyTorch) is loaded before. The samplers take turns on one machine, which does other work too.",
    header: ['problem', 'HpoSampler', 'TPESampler', 'GPSampler', 'HpoSampler / GPSampler'],
    rows: results.map((each) => [
      each.problem,
      ...SAMPLERS.map(
        (sampler) =>
          `${timeOf(each, sampler).toFixed(1)} (${median(each.runs[sampler].map(({ cpuSeconds }) => cpuSeconds)).toFixed(1)})`,
      ),
      (timeOf(each, 'hpo') / timeOf(each, 'gp')).toFixed(3),
    ]),
  };
}

const valuesOf = ({ runs }: Result, sampler: SamplerName) => runs[sampler].map(({ best }) => best);
const bestOf = (result: Result, sampler: SamplerName) => median(valuesOf(result, sampler));
const timeOf = ({ runs }: Result, sampler: SamplerName) =>
  median(runs[sampler].map(({ wallSeconds }) => wallSeconds));
const short = (value: number) => String(Number(value.toPrecision(3)));
