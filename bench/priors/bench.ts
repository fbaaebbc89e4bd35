import type { Bench } from '../bench.js';
import { type Result, samplerSections, summarySection } from '../beside-plain.js';
import { compared } from '../search/families.js';
import { EXPECTATIONS } from './expectations.js';
import { optimumOf } from './optimum.js';
import { CHECKPOINTS, measured } from './run.js';

const SAMPLERS = ['auto', 'tpe', 'random'] as const;

/** Measures what good, vague and wrong priors gain and cost, beside none: an hour; a run that was ended continues. */
export const benchPriors: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 3 : 20 }, (_, k) => 1000 + k);
  const results: Result[] = [];
  for (const problem of quick ? compared.slice(0, 2) : compared) {
    say(`${problem.name}: optimum`);
    const optimum = optimumOf(problem);
    for (const sampler of quick ? SAMPLERS.slice(1) : SAMPLERS) {
      for (const expectation of EXPECTATIONS) {
        say(`${problem.name}: ${sampler}, ${expectation}`);
        const best: (readonly number[])[] = [];
        for (const seed of seeds) best.push(await measured({ problem, optimum, sampler, expectation, seed }));
        results.push({ problem: problem.name, sampler, kind: expectation, best });
      }
    }
  }
  const beside = { results, kinds: EXPECTATIONS, checkpoints: CHECKPOINTS };
  return {
    title: 'Priors: what the user expects, right or wrong',
    intro:
      `Medians over ${seeds.length} seeds of the best value after ${CHECKPOINTS.join(', ')} trials, minimized, on the problems of ` +
      '[search](search.md). Where they have noise or outliers, it is the value without them of what looked best; Infinity where all trials have failed. A good prior has the confidence `high` and lies about 5 % of the range beside the optimum ' +
      '(standard deviation; other places for each seed); a vague one `low` and 15 %; a wrong one `high` and half a range away. ' +
      'Of choices, the best one has 4 (good) or 1.5 times (vague) the weight of the others, or another one has 4 times (wrong). Every parameter of the optimum has a prior.',
    sections: [
      summarySection({
        ...beside,
        title: 'Problems on which a prior gains, and costs',
        text: 'Beside the same sampler without priors:',
        kindTitle: 'prior',
      }),
      ...samplerSections(beside),
    ],
    figures: {
      seeds,
      checkpoints: CHECKPOINTS,
      results: results.map(({ kind, ...result }) => ({ ...result, expectation: kind })),
    },
  };
};
