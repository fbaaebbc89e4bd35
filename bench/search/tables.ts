import { samplers } from '../../src/samplers/registry.js';
import type { Section } from '../bench.js';
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
import type { Run } from './kept-rivals.js';
import { SEEDS } from './measure-rivals.js';
import { CHECKPOINTS } from './observer.js';
import type { Problem } from './problems.js';
import { RIVALS, type Rival } from './rivals.js';

/** What one optimizer found on one problem. */
export type Measured = { readonly name: string; readonly title: string; readonly runs: readonly Run[] };
export type Row = {
  readonly problem: Problem;
  readonly ours: readonly Measured[];
  readonly rivals: readonly Measured[];
};

/** A sampler of this project and what it is compared with. */
export type Contest = {
  readonly sampler: string;
  readonly against: string;
  readonly rivals: readonly string[];
};

const ALL = RIVALS.map(({ name }) => name);
export const CONTESTS: readonly Contest[] = [
  { sampler: 'auto', against: 'the best of the others', rivals: ALL },
  { sampler: 'gp', against: 'the best of the others', rivals: ALL },
  { sampler: 'tpe', against: 'Optuna 5 TPE', rivals: ['optuna-tpe'] },
  { sampler: 'tpe', against: 'the best of the others', rivals: ALL },
];

export const bests = (runs: readonly Run[]): Runs => runs.map(({ best }) => best);
const lines = (measured: readonly Measured[]): Line[] =>
  measured.map(({ title, runs }) => ({ title, runs: bests(runs) }));

function comparisons({ sampler, rivals: names }: Contest, { ours, rivals }: Row): (Comparison | null)[] {
  const own = bests(ours.find(({ name }) => name === sampler)?.runs ?? []);
  const others = lines(rivals.filter(({ name }) => names.includes(name)));
  return CHECKPOINTS.map((_, k) => compareAt(own, others, k));
}

/** Counts the problems on which a sampler is at or below the rivals, and lists those on which it is significantly worse. */
export function summaryOf(contest: Contest, rows: readonly Row[]) {
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

export function summarySection(rows: readonly Row[]): Section {
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

export function contestSection(contest: Contest, rows: readonly Row[]): Section {
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

/** What is known of one rival. */
export type Coverage = {
  readonly title: string;
  readonly version: string;
  /** Problems on which its median counts. */
  readonly problems: number;
  readonly searches: number;
};

export function coverageOf(rival: Rival, version: string, rows: readonly Row[]): Coverage {
  const measured = rows.flatMap(({ rivals }) => rivals.filter(({ name }) => name === rival.name));
  return {
    title: rival.title,
    version: version === '' ? 'not measured' : `${rival.package} ${version}`,
    problems: measured.filter(({ runs }) => runs.length >= LEAST_SEEDS).length,
    searches: measured.reduce((sum, { runs }) => sum + runs.length, 0),
  };
}

export function coverageSection(coverage: readonly Coverage[], problems: number): Section {
  return {
    title: 'What was measured of the others',
    text: `Problems on which a median counts, of ${problems}, and searches, of ${problems * SEEDS.length}. Some take minutes for a search, so the results of all are kept in bench/search/data, with their seeds, until their version or the problem changes, and the rest is measured bit by bit (\`bench/search/collect-rivals.ts\`). Settings that are not the defaults: Optuna's TPE has \`group\`, which is better on both problems with branches and changes nothing elsewhere; SMAC evaluates a configuration once. A failed trial is reported as such, and costs SMAC and HEBO the worst loss so far, since their models need a number. Ax's branches are a tree, so a parameter of two branches is one in each; HEBO has none and sees every parameter; two loops of pymoo in it are replaced by faster ones with equal results (\`bench/search/faster_pymoo.py\`). OptunaHub's sampler is downloaded from its registry; \`HPO_OPTUNAHUB\` names a copy of its folder \`package\` where there is no network.`,
    header: ['optimizer', 'package', 'problems', 'searches'],
    rows: coverage.map(({ title, version, problems, searches }) => [
      title,
      version,
      String(problems),
      String(searches),
    ]),
  };
}

type Cost = {
  readonly name: string;
  readonly title: string;
  /** The median over the problems of a problem's median, in CPU seconds, and the largest of these. */
  readonly median: number;
  readonly largest: number;
  readonly problems: number;
};

export function costsOf(rows: readonly Row[]): Cost[] {
  return [...samplers, ...RIVALS].flatMap(({ name }) => {
    const measured = rows.flatMap((row) => [...row.ours, ...row.rivals].filter((each) => each.name === name));
    const costs = measured.map(({ runs }) => median(runs.map(({ cpuSeconds }) => cpuSeconds)));
    const [first] = measured;
    if (first === undefined) return [];
    const { title } = first;
    return [{ name, title, median: median(costs), largest: Math.max(...costs), problems: costs.length }];
  });
}

export function costSection(rows: readonly Row[]): Section {
  return {
    title: 'What a search costs',
    text: "CPU seconds of 100 trials in the optimizer itself, one thread: the median over the problems of a problem's median, and the largest of these.",
    header: ['optimizer', 'median', 'largest', 'problems'],
    rows: costsOf(rows).map(({ title, median, largest, problems }) => [
      title,
      `${median.toPrecision(2)} s`,
      `${largest.toPrecision(2)} s`,
      String(problems),
    ]),
  };
}

export function problemSection({ problem, ours, rivals }: Row): Section {
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
