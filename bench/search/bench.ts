import { readFileSync } from 'node:fs';
import { withDefaults } from '../../src/core/options.js';
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
  problem: string;
  kind: string;
  sampler: string;
  against: string;
  best: Runs;
  reference: Runs;
};

const FIRST_SEED = 1000;

/** What each sampler finds within 25, 50 and 100 trials, beside Optuna's TPE. */
export async function benchSearch({ quick, say }: BenchOptions): Promise<Report> {
  const references = [read('optuna5.json'), read('optuna4.json')];
  const seeds = Array.from({ length: quick ? 3 : 20 }, (_, k) => FIRST_SEED + k);
  const results: Result[] = [];
  for (const problem of problems) {
    const reference = references.find((each) => each.problems[problem.name]?.tpe);
    for (const entry of samplers.filter(({ endless }) => endless)) {
      say(`${problem.name}: ${entry.name}`);
      const best: number[][] = [];
      const make = await entry.load();
      for (const seed of seeds) best.push(search(problem, make(withDefaults(entry.options, {})), seed));
      results.push({
        problem: problem.name,
        kind: problem.kind,
        sampler: entry.name,
        against: reference?.about ?? 'nothing',
        best,
        reference: reference?.problems[problem.name]?.tpe ?? [],
      });
    }
  }
  return {
    title: 'Search: the best value found within a budget',
    intro:
      'Medians over 20 seeds after 25, 50 and 100 trials, minimised; on a noisy problem the value without noise of what looked best.',
    sections: [section(results)],
    figures: { seeds, optuna: references.map(({ about }) => about), results },
  };
}

function read(file: string): Reference {
  return JSON.parse(readFileSync(new URL(`./data/${file}`, import.meta.url), 'utf8')) as Reference;
}

function section(results: readonly Result[]): Section {
  const at = (runs: Runs, k: number) => runs.map((best) => best[k] as number);
  const medians = (runs: Runs) =>
    CHECKPOINTS.map((_, k) => (runs.length > 0 ? short(median(at(runs, k))) : '-')).join(' / ');
  const verdict = ({ best, reference }: Result, k: number) => {
    if (reference.length === 0) return '-';
    const { p, better } = mannWhitney(at(best, k), at(reference, k));
    return `${p < 0.05 ? (better > 0.5 ? 'better' : 'worse') : 'same'} (${p.toPrecision(2)})`;
  };
  return {
    title: 'Against Optuna',
    text: [
      'Reference: Optuna 5 for sphere10, rosen10, branin and hartmann6, and Optuna 4 for the others, each with multivariate',
      'TPE and constant liar (per seed in bench/search/data). The verdicts are unpaired Mann-Whitney tests at p < 0.05.',
    ].join(' '),
    header: [
      'problem',
      'kind',
      'sampler',
      'best at 25 / 50 / 100',
      "Optuna's TPE",
      'at 50 (p)',
      'at 100 (p)',
    ],
    rows: results.map((r) => [
      r.problem,
      r.kind,
      r.sampler,
      medians(r.best),
      medians(r.reference),
      verdict(r, 1),
      verdict(r, 2),
    ]),
  };
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}
