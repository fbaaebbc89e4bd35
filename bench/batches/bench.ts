import { withDefaults } from '../../src/core/component-options.js';
import { samplers } from '../../src/samplers/registry.js';
import type { BenchOptions, Report } from '../bench.js';
import { problems } from '../search/problems.js';
import { median } from '../stats.js';
import { keptResults } from './kept-results.js';
import { searchInBatches } from './run.js';

const FIRST_SEED = 3000;
const SIZE = 16;
const TRIALS = { batches: 96, single: 32 };
const SAMPLERS = ['auto', 'tpe', 'cmaes'];
/** The first problems of the search bench with at most this many parameters. */
const PROBLEMS = { count: 9, parameters: 10 };

type Result = {
  readonly problem: string;
  readonly sampler: string;
  readonly batches: readonly number[];
  readonly single: readonly number[];
};

/** Measures what a search in batches finds, beside one with a third of the trials, one by one. */
export async function benchBatches({ quick, say }: BenchOptions): Promise<Report> {
  const seeds = Array.from({ length: quick ? 3 : 20 }, (_, k) => FIRST_SEED + k);
  const chosen = problems
    .filter(({ space }) => space.params.length <= PROBLEMS.parameters)
    .slice(0, PROBLEMS.count);
  const kept = keptResults();
  const results: Result[] = [];
  for (const name of SAMPLERS) {
    const entry = samplers.find((each) => each.name === name) as (typeof samplers)[number];
    const make = await entry.load();
    for (const problem of chosen) {
      const run = (seed: number, size: number, trials: number) =>
        kept(`${problem.name} ${name} ${size} ${trials} ${seed}`, () => {
          const sampler = make(withDefaults(entry.options, {}));
          return searchInBatches({ problem, sampler, entry, seed, size, trials });
        });
      const [batches, single]: [number[], number[]] = [[], []];
      for (const seed of seeds) {
        batches.push(await run(seed, SIZE, TRIALS.batches));
        single.push(await run(seed, 1, TRIALS.single));
      }
      say(`${name} on ${problem.name}: ${median(batches)} and ${median(single)}`);
      results.push({ problem: problem.name, sampler: name, batches, single });
    }
  }
  return {
    title: 'Batches: what trials find that are asked for together',
    intro: `${TRIALS.batches} trials in batches of ${SIZE} (\`study.ask(${SIZE})\`), whose results come together, beside ${TRIALS.single} trials one by one: a batch takes as long as one trial, and six of them a fifth of the time of 32. Medians over ${seeds.length} seeds of the best value, minimized; on a noisy problem the noise-free value of the apparent best. The problems are the first ${PROBLEMS.count} of the [search bench](search.md) with at most ${PROBLEMS.parameters} parameters.`,
    sections: [
      {
        title: 'How many problems',
        text: 'Problems on which the batches find at least as good a value as the single trials.',
        header: ['sampler', 'problems', 'of'],
        rows: SAMPLERS.map((name) => {
          const own = results.filter(({ sampler }) => sampler === name);
          return [name, String(own.filter(isReached).length), String(own.length)];
        }),
      },
      {
        title: 'Each problem',
        text: 'Medians, and in how many of the seeds the batches are at least as good as the median of the single trials.',
        header: [
          'problem',
          'sampler',
          `${TRIALS.batches} in batches`,
          `${TRIALS.single} one by one`,
          'seeds',
          'reached',
        ],
        rows: results.map((each) => {
          const aim = median(each.single);
          const reaching = each.batches.filter((value) => value <= aim).length;
          return [
            each.problem,
            each.sampler,
            short(median(each.batches)),
            short(aim),
            `${reaching} of ${seeds.length}`,
            isReached(each) ? 'yes' : 'no',
          ];
        }),
      },
    ],
    figures: { seeds, results },
  };
}

function isReached({ batches, single }: Result): boolean {
  return median(batches) <= median(single);
}

function short(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}
