import { samplers } from '../../src/samplers/registry.js';
import type { BenchOptions, Report, Section } from '../bench.js';
import { median } from '../stats.js';
import {
  type Comparison,
  compareAt,
  LEAST_SEEDS,
  type Line,
  type Runs,
  SIGNIFICANT,
  short,
  spreads,
} from './comparison.js';
import { compared } from './families.js';
import { type Run, resultsOf } from './kept-rivals.js';
import { measureAll, SEEDS } from './measure-rivals.js';
import { CHECKPOINTS } from './observer.js';
import { measureOurs } from './ours.js';
import type { Problem } from './problems.js';
import { RIVALS } from './rivals.js';

/** What one optimizer found on one problem. */
type Measured = { readonly name: string; readonly title: string; readonly runs: readonly Run[] };
type Row = {
  readonly problem: Problem;
  readonly ours: readonly Measured[];
  readonly rivals: readonly Measured[];
};

/** A sampler of this project and what it is compared with. */
type Contest = { readonly sampler: string; readonly against: string; readonly rivals: readonly string[] };

const ALL = RIVALS.map(({ name }) => name);
const CONTESTS: readonly Contest[] = [
  { sampler: 'auto', against: 'the best of the others', rivals: ALL },
  { sampler: 'gp', against: 'the best of the others', rivals: ALL },
  { sampler: 'tpe', against: 'Optuna 5 TPE', rivals: ['optuna-tpe'] },
  { sampler: 'tpe', against: 'the best of the others', rivals: ALL },
];

/** Measures the best value of each sampler after 25, 50 and 100 trials, beside other optimizers. */
export async function benchSearch({ quick, say, flags }: BenchOptions): Promise<Report> {
  if (!quick && !flags.has('--kept')) await measureAll(RIVALS, Number.POSITIVE_INFINITY, say);
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
  const versions = results.flatMap(({ rival, results: { version } }) =>
    version === '' ? [] : [`${rival.title} is ${rival.package} ${version}`],
  );
  return {
    title: 'Search: the best value found within a budget',
    intro: `Medians over ${SEEDS.length} seeds after ${CHECKPOINTS.join(', ')} trials, minimized; on a noisy problem, the noise-free value of the apparent best. Every optimizer has its default settings and one slot, and sees the same functions. ${versions.join(', ')}. Some have fewer seeds: they take minutes for a search, and their results are kept in the repository until their version, or the problem, changes.`,
    sections: [
      summarySection(rows),
      ...CONTESTS.map((contest) => contestSection(contest, rows)),
      costSection(rows),
      ...rows.map(problemSection),
    ],
    figures: {
      seeds: SEEDS,
      summary: CONTESTS.map((contest) => summaryOf(contest, rows)),
      problems: rows.map(({ problem, ours, rivals }) => ({
        problem: problem.name,
        kind: problem.kind,
        runs: Object.fromEntries([...ours, ...rivals].map(({ name, runs }) => [name, bests(runs)])),
      })),
    },
  };
}

const bests = (runs: readonly Run[]): Runs => runs.map(({ best }) => best);
const lines = (measured: readonly Measured[]): Line[] =>
  measured.map(({ title, runs }) => ({ title, runs: bests(runs) }));

function comparisons({ sampler, rivals: names }: Contest, { ours, rivals }: Row): (Comparison | null)[] {
  const own = bests(ours.find(({ name }) => name === sampler)?.runs ?? []);
  const others = lines(rivals.filter(({ name }) => names.includes(name)));
  return CHECKPOINTS.map((_, k) => compareAt(own, others, k));
}

/** Counts the problems on which a sampler is at or below the rivals, and lists those on which it is significantly worse. */
function summaryOf(contest: Contest, rows: readonly Row[]) {
  const all = rows.map((row) => ({ problem: row.problem.name, at: comparisons(contest, row) }));
  return {
    sampler: contest.sampler,
    against: contest.against,
    at: CHECKPOINTS.map((trials, k) => {
      const known = all.flatMap(({ problem, at }) => (at[k] ? [{ problem, ...at[k] }] : []));
      return {
        trials,
        problems: known.length,
        atOrBelow: known.filter(({ isAtOrBelow }) => isAtOrBelow).length,
        worse: known.flatMap(({ problem, worseThan }) => worseThan.map((than) => ({ problem, ...than }))),
      };
    }),
  };
}

function summarySection(rows: readonly Row[]): Section {
  return {
    title: 'Summary',
    text: `At how many of the problems the median is at or below that of the best of the others, which may be another one for every problem and number of trials; the median of one with fewer than ${LEAST_SEEDS} seeds does not count. Significantly worse: a one-sided rank test of Mann and Whitney against each of them, p < ${SIGNIFICANT}.`,
    header: ['sampler', 'beside', ...CHECKPOINTS.map((trials) => `at ${trials}`), 'significantly worse on'],
    rows: CONTESTS.map((contest) => {
      const { sampler, against, at } = summaryOf(contest, rows);
      const worse = at.flatMap(({ trials, worse }) =>
        [...new Set(worse.map(({ problem }) => problem))].map((problem) => {
          const than = worse.filter((each) => each.problem === problem);
          return `${problem} at ${trials} (${than.map(({ title }) => title).join(', ')})`;
        }),
      );
      return [
        sampler,
        against,
        ...at.map(({ atOrBelow, problems }) => `${atOrBelow} of ${problems}`),
        worse.join('; ') || 'none',
      ];
    }),
  };
}

function contestSection(contest: Contest, rows: readonly Row[]): Section {
  const cell = (compared: Comparison | null): string => {
    if (compared === null) return '';
    const { ours, theirs, best, isAtOrBelow, worseThan } = compared;
    const worse = worseThan[0] === undefined ? '' : ` (worse, p ${worseThan[0].p.toPrecision(2)})`;
    return isAtOrBelow
      ? `${short(ours)} <= ${short(theirs)} ${best}${worse}`
      : `**${short(ours)} > ${short(theirs)}** ${best}${worse}`;
  };
  return {
    title: `${contest.sampler} beside ${contest.against}`,
    text: `The median of ${contest.sampler}, and the lowest of theirs, with its name. Bold: ours is above it.`,
    header: ['problem', 'kind', ...CHECKPOINTS.map((trials) => `at ${trials}`)],
    rows: rows.map((row) => [
      row.problem.name,
      row.problem.kind,
      ...comparisons(contest, row).map((compared) => cell(compared)),
    ]),
  };
}

function costSection(rows: readonly Row[]): Section {
  const names = [...samplers.map(({ name }) => name), ...ALL];
  return {
    title: 'What a search costs',
    text: "CPU seconds of 100 trials in the optimizer itself, one thread: the median over the problems of a problem's median, and the largest of these.",
    header: ['optimizer', 'median', 'largest', 'problems', 'searches'],
    rows: names.flatMap((name) => {
      const measured = rows.flatMap((row) =>
        [...row.ours, ...row.rivals].filter((each) => each.name === name),
      );
      if (measured.length === 0) return [];
      const costs = measured.map(({ runs }) => median(runs.map(({ cpuSeconds }) => cpuSeconds)));
      const searches = measured.reduce((sum, { runs }) => sum + runs.length, 0);
      return [
        [
          (measured[0] as Measured).title,
          `${median(costs).toPrecision(2)} s`,
          `${Math.max(...costs).toPrecision(2)} s`,
          String(costs.length),
          String(searches),
        ],
      ];
    }),
  };
}

function problemSection({ problem, ours, rivals }: Row): Section {
  const { name, kind, space, noise, outliers } = problem;
  const more = [
    `${space.params.length} parameters`,
    ...(noise > 0 ? [`noise of ${noise}`] : []),
    ...(outliers > 0 ? [`outliers in ${100 * outliers} % of trials`] : []),
  ];
  return {
    title: name,
    text: `${kind[0]?.toUpperCase()}${kind.slice(1)}; ${more.join(', ')}. Medians with quartiles.`,
    header: ['optimizer', ...CHECKPOINTS.map((trials) => `after ${trials}`), 'seeds'],
    rows: [...ours, ...rivals].map(({ title, runs }) => [
      title,
      ...spreads(bests(runs)),
      String(runs.length),
    ]),
  };
}
