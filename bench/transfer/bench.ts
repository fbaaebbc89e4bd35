import type { Bench, Section } from '../bench.js';
import { mannWhitney } from '../search/mann-whitney.js';
import { problems } from '../search/problems.js';
import { median } from '../stats.js';
import { RELATIONS, type Relation } from './relatives.js';
import { CHECKPOINTS, EARLIER, measured } from './run.js';

const SAMPLERS = ['auto', 'tpe'] as const;
/** Of each kind one; few parameters and many, floats, choices and branches. */
const NAMES = ['branin', 'hartmann6', 'rastrigin5', 'noisy6', 'mixed6', 'conditional'];

/** The best values of all seeds at each checkpoint. */
type Result = {
  readonly problem: string;
  readonly sampler: string;
  readonly relation: Relation;
  readonly best: readonly (readonly number[])[];
};

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
        results.push({ problem: problem.name, sampler, relation, best });
      }
    }
  }
  return {
    title: 'Transfer: earlier studies that are more or less like this one',
    intro:
      `Medians over ${seeds.length} seeds of the best value after ${CHECKPOINTS.join(', ')} trials, minimized, on problems of ` +
      `\`npm run bench search\`. There are ${EARLIER.studies} earlier studies of ${EARLIER.trials} trials by \`${EARLIER.sampler}\`, other ones for each seed, ` +
      'with values in other units. Related ones have their optimum 2.5 to 7.5 % of each range beside that of the problem, vague ones ' +
      '10 to 30 %, with another meaning of three choices in ten; unrelated ones searched a random smooth function of the same parameters; ' +
      'contrary ones have their optimum half a range away and another meaning of all choices.',
    sections: [summary(results, used), ...used.map((sampler) => byProblem(sampler, results))],
    figures: { seeds, checkpoints: CHECKPOINTS, results },
  };
};

function summary(results: readonly Result[], used: readonly string[]): Section {
  const relations = RELATIONS.filter((each) => each !== 'none');
  return {
    title: 'Problems on which earlier studies gain, and cost',
    text: 'Beside the same sampler without them: on how many problems the median is lower / higher; in brackets, significantly so (Mann-Whitney, one-sided p < 0.005).',
    header: ['sampler', 'earlier studies', ...CHECKPOINTS.map((count) => `after ${count}`)],
    rows: used.flatMap((sampler) =>
      relations.map((relation) => [
        sampler,
        relation,
        ...CHECKPOINTS.map((_, at) => countAt(results, sampler, relation, at)),
      ]),
    ),
  };
}

function countAt(results: readonly Result[], sampler: string, relation: Relation, at: number): string {
  const counts = { lower: 0, higher: 0, better: 0, worse: 0 };
  for (const result of results) {
    if (result.sampler !== sampler || result.relation !== relation) continue;
    const plain = results.find(
      (each) => each.problem === result.problem && each.sampler === sampler && each.relation === 'none',
    );
    const [now, before] = [valuesAt(result, at), valuesAt(plain as Result, at)];
    const [a, b] = [median(now), median(before)];
    const { p, better } = mannWhitney(now, before);
    if (a < b) counts.lower++;
    if (a > b) counts.higher++;
    if (p / 2 < 0.005) counts[better > 0.5 ? 'better' : 'worse']++;
  }
  return `${counts.lower} (${counts.better}) / ${counts.higher} (${counts.worse})`;
}

function valuesAt({ best }: Result, at: number): number[] {
  return best.map((run) => run[at] as number);
}

function byProblem(sampler: string, results: readonly Result[]): Section {
  const own = results.filter((each) => each.sampler === sampler);
  const names = [...new Set(own.map(({ problem }) => problem))];
  return {
    title: sampler,
    text: `The best value after ${CHECKPOINTS.join(' / ')} trials.`,
    header: ['problem', ...RELATIONS],
    rows: names.map((problem) => [
      problem,
      ...RELATIONS.map((relation) => {
        const result = own.find((each) => each.problem === problem && each.relation === relation);
        return CHECKPOINTS.map((_, at) => short(median(valuesAt(result as Result, at)))).join(' / ');
      }),
    ]),
  };
}

const short = (value: number) => String(Number(value.toPrecision(3)));
