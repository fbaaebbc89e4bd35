import { samplers } from '../../src/samplers/registry.js';
import type { BenchOptions, Report } from '../bench.js';
import { compared } from './families.js';
import { resultsOf } from './kept-rivals.js';
import { measureAll, planOf, SEEDS } from './measure-rivals.js';
import { CHECKPOINTS } from './observer.js';
import { measureOurs } from './ours.js';
import { RIVALS } from './rivals.js';
import {
  bests,
  CONTESTS,
  contestSection,
  costSection,
  costsOf,
  coverageOf,
  coverageSection,
  problemSection,
  type Row,
  summaryOf,
  summarySection,
} from './tables.js';

/** Measures the best value of each sampler after 25, 50 and 100 trials, beside other optimizers. */
export async function benchSearch({ quick, say, flags }: BenchOptions): Promise<Report> {
  if (!quick && !flags.has('--kept')) await measureAll(planOf([]), Number.POSITIVE_INFINITY, say);
  const found = await measureOurs(quick ? SEEDS.slice(0, 3) : SEEDS, say);
  const results = RIVALS.map((rival) => ({ rival, results: resultsOf(rival, null) }));
  const rows = compared.map(
    (problem): Row => ({
      problem,
      ours: samplers.flatMap(({ name }) => {
        const runs = found[problem.name]?.[name];
        return runs === undefined ? [] : [{ name, title: name, runs }];
      }),
      rivals: results.flatMap(({ rival, results }) => {
        const runs = SEEDS.flatMap((seed) => results.run(problem, seed) ?? []);
        return runs.length === 0 ? [] : [{ name: rival.name, title: rival.title, runs }];
      }),
    }),
  );
  const coverage = results.map(({ rival, results: { version } }) => coverageOf(rival, version, rows));
  return {
    title: 'Search: the best value found within a budget',
    intro: `Medians over ${SEEDS.length} seeds after ${CHECKPOINTS.join(', ')} trials, minimized; on a noisy problem, the noise-free value of the apparent best. Every optimizer has its default settings and one slot, and sees the same functions.`,
    sections: [
      summarySection(rows),
      coverageSection(coverage, rows.length),
      ...CONTESTS.map((contest) => contestSection(contest, rows)),
      costSection(rows),
      ...rows.map(problemSection),
    ],
    figures: {
      seeds: SEEDS,
      samplers: Object.keys(found[compared[0]?.name ?? ''] ?? {}),
      rivals: coverage,
      costs: costsOf(rows),
      summary: CONTESTS.map((contest) => summaryOf(contest, rows)),
      problems: rows.map(({ problem, ours, rivals }) => ({
        problem: problem.name,
        kind: problem.kind,
        runs: Object.fromEntries([...ours, ...rivals].map(({ name, runs }) => [name, bests(runs)])),
      })),
    },
  };
}
