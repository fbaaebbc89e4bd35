import type { Bench } from '../bench.js';
import { type Result, samplerSections, summarySection } from '../beside-plain.js';
import { problems } from '../search/problems.js';
import { RELATIONS } from './relatives.js';
import { CHECKPOINTS, EARLIER, measured } from './run.js';

const SAMPLERS = ['auto', 'tpe'] as const;
/** Of each kind one; few parameters and many, floats, choices and branches. */
const NAMES = ['branin', 'hartmann6', 'rastrigin5', 'noisy6', 'mixed6', 'conditional'];

/** Measures what earlier studies gain and cost that searched something more or less like the problem, beside none. */
export const benchTransfer: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 2 : 20 }, (_, k) => 1000 + k);
  const chosen = problems.filter(({ name }) => (quick ? NAMES.slice(0, 1) : NAMES).includes(name));
  const used = quick ? SAMPLERS.slice(1) : SAMPLERS;
  const results: Result[] = [];
  for (const relation of RELATIONS) {
    for (const problem of chosen) {
      for (const sampler of used) {
        say(`${problem.name}: ${sampler}, ${relation}`);
        const best: (readonly number[])[] = [];
        for (const seed of seeds) best.push(await measured({ problem, sampler, relation, seed }));
        results.push({ problem: problem.name, sampler, kind: relation, best });
      }
    }
  }
  const compared = { results, kinds: RELATIONS, checkpoints: CHECKPOINTS };
  return {
    title: 'Transfer: earlier studies that are more or less like this one',
    intro:
      `Medians over ${seeds.length} seeds of the best value after ${CHECKPOINTS.join(', ')} trials, minimized, on problems of ` +
      `\`npm run bench search\`. There are ${EARLIER.studies} earlier studies of ${EARLIER.trials} trials by \`${EARLIER.sampler}\`, other ones for each seed, ` +
      'with values in other units. Related ones have their optimum 2.5 to 7.5 % of each range beside that of the problem, vague ones ' +
      '10 to 30 %, with another meaning of three choices in ten; unrelated ones searched a random smooth function of the same parameters; ' +
      'contrary ones have their optimum half a range away and another meaning of all choices.',
    sections: [
      summarySection({
        ...compared,
        title: 'Problems on which earlier studies gain, and cost',
        text: 'Beside the same sampler without them:',
        kindTitle: 'earlier studies',
      }),
      ...samplerSections(compared),
    ],
    figures: {
      seeds,
      checkpoints: CHECKPOINTS,
      results: results.map(({ kind, ...result }) => ({ ...result, relation: kind })),
    },
  };
};
