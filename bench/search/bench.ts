import { readFileSync } from 'node:fs';
import { withDefaults } from '../../src/core/component-options.js';
import { samplers } from '../../src/samplers/registry.js';
import type { BenchOptions, Report, Section } from '../bench.js';
import { median } from '../stats.js';
import { mannWhitney } from './mann-whitney.js';
import { CHECKPOINTS } from './observer.js';
import { problems } from './problems.js';
import { search } from './run.js';

type Runs = readonly (readonly number[])[];
type Reference = { about: string; problems: Record<string, Record<string, Runs>> };
type Result = {
  readonly problem: string;
  readonly kind: string;
  readonly sampler: string;
  readonly best: Runs;
};

const FIRST_SEED = 1000;
const MANY_FROM = 2000;
const references = [read('optuna5.json'), read('optuna4.json')];

/** Measures the best value of each sampler after 25, 50 and 100 trials, beside Optuna's TPE. */
export async function benchSearch({ quick, say }: BenchOptions): Promise<Report> {
  const seeds = Array.from({ length: quick ? 3 : 20 }, (_, k) => FIRST_SEED + k);
  const results: Result[] = [];
  for (const problem of problems) {
    for (const entry of samplers.filter(({ endless }) => endless)) {
      say(`${problem.name}: ${entry.name}`);
      const best: number[][] = [];
      const make = await entry.load();
      for (const seed of seeds) best.push(search(problem, make(withDefaults(entry.options, {})), seed));
      results.push({
        problem: problem.name,
        kind: problem.kind,
        sampler: entry.name,
        best,
      });
    }
  }
  say('tpe on many seeds');
  const many = await manySeeds(quick ? 5 : 200);
  return {
    title: 'Search: the best value found within a budget',
    intro:
      'Medians over 20 seeds after 25, 50 and 100 trials, minimized; on a noisy problem, the noise-free value of the apparent best.',
    sections: [
      section(
        "Against Optuna's TPE",
        'Reference: Optuna 5 for sphere10, rosen10, branin and hartmann6, and Optuna 4 for the others, all with multivariate TPE and constant liar (per seed in bench/search/data).',
        'tpe',
        results,
      ),
      section(
        "Against Optuna's Gaussian process",
        "Reference: Optuna 5's GPSampler, on the problems with its figures.",
        'gp',
        results.filter(({ sampler }) => sampler === 'gp' || sampler === 'auto'),
      ),
      section(
        'tpe on many seeds',
        `Twenty seeds are too few where two optima compete. The same with ${quick ? 5 : 200} seeds from ${MANY_FROM} on, on the problems with Optuna 5's figures.`,
        'tpe',
        many,
      ),
    ],
    figures: { many, seeds, optuna: references.map(({ about }) => about), results },
  };
}

function read(file: string): Reference {
  return JSON.parse(readFileSync(new URL(`./data/${file}`, import.meta.url), 'utf8')) as Reference;
}

async function manySeeds(count: number): Promise<Result[]> {
  const entry = samplers.find(({ name }) => name === 'tpe') as (typeof samplers)[number];
  const make = await entry.load();
  return problems
    .filter(({ name }) => references[0]?.problems[name])
    .map((problem) => ({
      problem: problem.name,
      kind: problem.kind,
      sampler: 'tpe',
      best: Array.from({ length: count }, (_, k) =>
        search(problem, make(withDefaults(entry.options, {})), MANY_FROM + k),
      ),
    }));
}

function referenceOf(problem: string, sampler: string): Runs | undefined {
  return references.map(({ problems: all }) => all[problem]?.[sampler]).find((runs) => runs !== undefined);
}

function section(title: string, about: string, against: 'tpe' | 'gp', results: readonly Result[]): Section {
  const at = (runs: Runs, k: number) => runs.map((best) => best[k] as number);
  const medians = (runs: Runs) => CHECKPOINTS.map((_, k) => short(median(at(runs, k)))).join(' / ');
  const verdict = (ours: Runs, theirs: Runs, k: number) => {
    const { p, better } = mannWhitney(at(ours, k), at(theirs, k));
    return `${p < 0.05 ? (better > 0.5 ? 'better' : 'worse') : 'same'} (${p.toPrecision(2)})`;
  };
  return {
    title,
    text: `${about} The verdicts are unpaired Mann-Whitney tests at p < 0.05.`,
    header: ['problem', 'kind', 'sampler', 'best at 25 / 50 / 100', 'Optuna', 'at 50 (p)', 'at 100 (p)'],
    rows: results.flatMap(({ problem, kind, sampler, best }) => {
      const theirs = referenceOf(problem, against);
      if (!theirs) return [];
      const verdicts = [1, 2].map((k) => verdict(best, theirs, k));
      return [[problem, kind, sampler, medians(best), medians(theirs), ...verdicts]];
    }),
  };
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}
