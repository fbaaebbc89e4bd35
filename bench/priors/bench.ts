import type { Bench, Section } from '../bench.js';
import { mannWhitney } from '../search/mann-whitney.js';
import { problems } from '../search/problems.js';
import { median } from '../stats.js';
import { EXPECTATIONS, type Expectation } from './expectations.js';
import { CHECKPOINTS, measured, optimumOf } from './run.js';

const SAMPLERS = ['auto', 'tpe', 'random'] as const;
/** Of each kind one or two; few parameters and many. */
const NAMES = ['branin', 'hartmann6', 'rosen10', 'rastrigin5', 'ackley8', 'noisy6', 'mixed6'];

/** The best values of all seeds at each checkpoint. */
type Result = {
  readonly problem: string;
  readonly sampler: string;
  readonly expectation: Expectation;
  readonly best: readonly (readonly number[])[];
};

/** Measures what good, vague and wrong priors gain and cost, beside none. */
export const benchPriors: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 3 : 20 }, (_, k) => 1000 + k);
  const chosen = problems.filter(({ name }) => (quick ? NAMES.slice(0, 2) : NAMES).includes(name));
  const results: Result[] = [];
  for (const problem of chosen) {
    say(`${problem.name}: optimum`);
    const optimum = await optimumOf(problem);
    for (const sampler of quick ? SAMPLERS.slice(1) : SAMPLERS) {
      for (const expectation of EXPECTATIONS) {
        say(`${problem.name}: ${sampler}, ${expectation}`);
        const best: (readonly number[])[] = [];
        for (const seed of seeds) best.push(await measured({ problem, optimum, sampler, expectation, seed }));
        results.push({ problem: problem.name, sampler, expectation, best });
      }
    }
  }
  const used = [...new Set(results.map(({ sampler }) => sampler))];
  return {
    title: 'Priors: what the user expects, right or wrong',
    intro:
      `Medians over ${seeds.length} seeds of the best value after ${CHECKPOINTS.join(', ')} trials, minimized, on problems of ` +
      'bench/search/problems.ts. A good prior has the confidence `high` and lies about 5 % of the range beside the optimum ' +
      '(standard deviation; other places for each seed); a vague one `low` and 15 %; a wrong one `high` and half a range away. ' +
      'Of choices, the best one has 4 (good) or 1.5 times (vague) the weight of the others, or another one has 4 times (wrong). Every parameter of the optimum has a prior.',
    sections: [summary(results, used), ...used.map((sampler) => byProblem(sampler, results))],
    figures: { seeds, checkpoints: CHECKPOINTS, results },
  };
};

function summary(results: readonly Result[], used: readonly string[]): Section {
  const priors = EXPECTATIONS.filter((each) => each !== 'none');
  return {
    title: 'Problems on which a prior gains, and costs',
    text: 'Beside the same sampler without priors: on how many problems the median is lower / higher; in brackets, significantly so (Mann-Whitney, one-sided p < 0.005).',
    header: ['sampler', 'prior', ...CHECKPOINTS.map((count) => `after ${count}`)],
    rows: used.flatMap((sampler) =>
      priors.map((expectation) => [
        sampler,
        expectation,
        ...CHECKPOINTS.map((_, at) => countAt(results, sampler, expectation, at)),
      ]),
    ),
  };
}

function countAt(results: readonly Result[], sampler: string, expectation: Expectation, at: number): string {
  const counts = { lower: 0, higher: 0, better: 0, worse: 0 };
  for (const result of results) {
    if (result.sampler !== sampler || result.expectation !== expectation) continue;
    const plain = results.find(
      (each) => each.problem === result.problem && each.sampler === sampler && each.expectation === 'none',
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
    header: ['problem', ...EXPECTATIONS],
    rows: names.map((problem) => [
      problem,
      ...EXPECTATIONS.map((expectation) => {
        const result = own.find((each) => each.problem === problem && each.expectation === expectation);
        return CHECKPOINTS.map((_, at) => short(median(valuesAt(result as Result, at)))).join(' / ');
      }),
    ]),
  };
}

const short = (value: number) => String(Number(value.toPrecision(3)));
