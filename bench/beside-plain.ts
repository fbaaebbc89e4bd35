import type { Section } from './bench.js';
import { mannWhitney } from './search/mann-whitney.js';
import { median } from './stats.js';

/** What a sampler found with something beside the problem, of one kind. */
export type Result = {
  readonly problem: string;
  readonly sampler: string;
  /** `none`: the sampler alone. */
  readonly kind: string;
  /** The best values of all seeds at each checkpoint. */
  readonly best: readonly (readonly number[])[];
};

type Compared = {
  readonly results: readonly Result[];
  readonly kinds: readonly string[];
  readonly checkpoints: readonly number[];
};

type Summarized = Compared & Pick<Section, 'title' | 'text'> & { readonly kindTitle: string };

/** Returns on how many problems each sampler is better and worse with each kind than with none. */
export function summarySection({ results, kinds, checkpoints, title, text, kindTitle }: Summarized): Section {
  return {
    title,
    text: `${text} on how many problems the median is lower / higher; in brackets, significantly so (Mann-Whitney, one-sided p < 0.005).`,
    header: ['sampler', kindTitle, ...checkpoints.map((count) => `after ${count}`)],
    rows: samplersOf(results).flatMap((sampler) =>
      kinds
        .filter((kind) => kind !== 'none')
        .map((kind) => [sampler, kind, ...checkpoints.map((_, at) => countAt(results, sampler, kind, at))]),
    ),
  };
}

/** Returns the medians of each sampler, problem by problem. */
export function samplerSections({ results, kinds, checkpoints }: Compared): Section[] {
  return samplersOf(results).map((sampler) => {
    const own = results.filter((each) => each.sampler === sampler);
    return {
      title: sampler,
      text: `The best value after ${checkpoints.join(' / ')} trials.`,
      header: ['problem', ...kinds],
      rows: [...new Set(own.map(({ problem }) => problem))].map((problem) => [
        problem,
        ...kinds.map((kind) => {
          const result = own.find((each) => each.problem === problem && each.kind === kind);
          return checkpoints.map((_, at) => short(median(valuesAt(result as Result, at)))).join(' / ');
        }),
      ]),
    };
  });
}

function samplersOf(results: readonly Result[]): string[] {
  return [...new Set(results.map(({ sampler }) => sampler))];
}

function countAt(results: readonly Result[], sampler: string, kind: string, at: number): string {
  const counts = { lower: 0, higher: 0, better: 0, worse: 0 };
  for (const result of results) {
    if (result.sampler !== sampler || result.kind !== kind) continue;
    const plain = results.find(
      (each) => each.problem === result.problem && each.sampler === sampler && each.kind === 'none',
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

const short = (value: number) => String(Number(value.toPrecision(3)));
