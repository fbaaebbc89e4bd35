import type { OptionValues } from '../core/component-options.js';
import { HpoError } from '../core/errors.js';
import { type Fork, forkOf } from '../core/fork.js';
import { newestStep } from '../core/last-step.js';
import { makeRng } from '../core/rng.js';
import type { TrialView } from '../core/trial.js';
import { type Ranked, rankByPoint } from '../pruners/ranking.js';
import { fullSteps, isUnderway } from './rungs.js';
import {
  type Exploit,
  type Promotion,
  proceed,
  type Scheduler,
  type ScheduleView,
  type Waiting,
} from './scheduler.js';
import { comparable, pointAtRung } from './standing.js';
import { isLast, waiting } from './within-budget.js';

type Options = {
  readonly population: number;
  readonly interval: number;
  readonly truncation: number;
  readonly resample_probability: number;
};

/** A trial, and how it began where it continues another one's checkpoint. */
type Member = { readonly trial: TrialView; readonly fork: Fork | null };
type Paused = Member & { readonly pausedAt: number };

type Situation = {
  readonly view: ScheduleView;
  readonly options: Options;
  readonly members: readonly Member[];
  readonly full: number;
  readonly interval: number;
};

/**
 * Population-based training (Jaderberg et al., arXiv 1711.09846): a population is trained side by side and paused after every
 * interval. One of the worst is then replaced by a new trial that continues the checkpoint of one of the best with other
 * parameters. Nothing is paused before it is known how long a full trial is.
 */
export function makePbt(given: OptionValues): Scheduler {
  const options = given as unknown as Options;
  return {
    firstTargets(view) {
      const situation = look(view, options);
      if (situation === null || isLast(view)) return () => null;
      const target = targetAfter(0, situation);
      return () => target;
    },
    decide: () => proceed('it is compared where it is paused'),
    next(view) {
      const situation = look(view, options);
      if (situation === null) return null;
      if (!view.resumable) throw noCheckpoints();
      if (view.canAsk && hasRoom(situation)) return null;
      return nextOf(situation) ?? reasonToWait(situation);
    },
  };
}

function look(given: ScheduleView, options: Options): Situation | null {
  const full = fullSteps(given);
  if (full === null) return null;
  const view = comparable(given);
  const interval = intervalOf(options.interval, full);
  const members = view.configs.flatMap(({ trials, attrs }) => {
    const fork = forkOf(attrs);
    return trials.map((trial) => ({ trial, fork }));
  });
  return { view, options, members, full, interval };
}

/** Without `interval` a full trial has this many intervals. */
const INTERVALS = 10;

/** Returns after how many steps members are compared, of a full trial of so many. */
export function intervalOf(given: number, full: number): number {
  return given > 0 ? given : Math.max(1, Math.round(full / INTERVALS));
}

/** Returns how many of so many members are replaced at each comparison; 0: the best and the worst would be the same. */
export function replacedOf(
  compared: number,
  { population, truncation }: Pick<Options, 'population' | 'truncation'>,
): number {
  const count = Math.max(compared >= population ? 1 : 0, Math.floor(compared * truncation));
  return 2 * count <= compared ? count : 0;
}

function noCheckpoints(): HpoError {
  return new HpoError(
    'scheduler.no-checkpoints',
    'the scheduler pbt expects a trainer that saves checkpoints and numbers its steps, but a trial ended without',
    {
      fix: 'save a checkpoint in HPO_CHECKPOINT_DIR after each step (docs/schedulers.md), or choose the scheduler asha, which then only stops trials',
    },
  );
}

/**
 * Whether the population is not complete yet. A first member that failed is made up for until another one has trained two
 * intervals: a new one would come too late. With a budget the population is as large as can be trained in full.
 */
function hasRoom(situation: Situation): boolean {
  const { members, options, interval, full } = situation;
  if (members.length > 0 && stepsFor(members, situation) < full) return false;
  const first = members.filter(({ fork }) => fork === null);
  if (first.length < options.population) return true;
  const isBegun = members.some(({ trial }) => (newestStep(trial.steps) ?? 0) >= 2 * interval);
  return !isBegun && first.filter(({ trial }) => trial.state !== 'fail').length < options.population;
}

/** Those that have trained the fewest intervals come first, so that all of them are there to be compared. */
function nextOf(situation: Situation): Exploit | Promotion | null {
  const { members, interval } = situation;
  const paused = members
    .flatMap((member): Paused[] => {
      const { state, pausedAt = null } = member.trial;
      return state === 'running' && pausedAt !== null ? [{ ...member, pausedAt }] : [];
    })
    .sort((a, b) => a.trial.number - b.trial.number);
  const rungs = [...new Set(paused.map(({ pausedAt }) => rungOf(pausedAt, interval)))].sort((a, b) => a - b);
  for (const rung of rungs) {
    const found = nextAt(
      rung,
      paused.filter(({ pausedAt }) => rungOf(pausedAt, interval) === rung),
      situation,
    );
    if (found !== null) return found;
  }
  return null;
}

/** Returns the steps that are left when these members are trained to their ends; without a budget there is no end of them. */
function stepsFor(members: readonly Member[], situation: Situation): number {
  const { view, full } = situation;
  if (view.stepsLeft === null) return Number.POSITIVE_INFINITY;
  const needed = members.map(({ trial }) => {
    if (trial.state !== 'running') return 0;
    const at = newestStep(trial.steps) ?? 0;
    // The steps of running ones up to their targets are taken off already.
    return full - (isUnderway(trial) ? (targetAfter(at, situation) ?? full) : at);
  });
  return needed.reduce((left, steps) => left - steps, view.stepsLeft);
}

/** Returns the members at a rung that continue: with a budget as many of the best as it can train in full. */
function affordable(
  rung: number,
  paused: readonly Paused[],
  ranked: readonly Ranked<Member>[],
  situation: Situation,
): readonly Paused[] {
  const { members, full } = situation;
  const elsewhere = members.filter(({ trial }) => !paused.some((each) => each.trial === trial));
  const count = Math.max(0, Math.floor(stepsFor(elsewhere, situation) / (full - rung)));
  if (count >= paused.length) return paused;
  // Something must be trained to its end.
  const isOnly = elsewhere.every(({ trial }) => trial.state === 'pruned' || trial.state === 'fail');
  const placeOf = ({ trial }: Member) => ranked.findIndex(({ entry }) => entry.trial === trial);
  return paused
    .filter((member) => placeOf(member) >= 0)
    .sort((a, b) => placeOf(a) - placeOf(b))
    .slice(0, Math.max(count, isOnly ? 1 : 0));
}

/** The worst are replaced before any other continues: its checkpoint may be the one that they get. */
function nextAt(rung: number, all: readonly Paused[], situation: Situation): Exploit | Promotion | null {
  const { view, options } = situation;
  const ranked = rankedAt(rung, situation);
  const paused = affordable(rung, all, ranked, situation);
  const count = replacedOf(ranked.length, options);
  const canExploit = view.canExploit && paused.length === all.length && count > 0;
  const best = canExploit ? ranked.slice(0, count) : [];
  const worst = canExploit
    ? ranked.slice(-count).filter(({ front }) => front > (best.at(-1)?.front ?? front))
    : [];
  const isWorst = ({ trial }: Member) => worst.some((each) => each.entry.trial === trial);
  const waiting = new Set<Paused>();
  for (const member of paused.filter(isWorst)) {
    const parents = best.filter(
      ({ entry: { trial } }) => trial.state === 'running' && (trial.pausedAt ?? null) !== null,
    );
    if (parents.length > 0)
      return exploit(
        member,
        parents.map((each) => each.entry),
        rung,
        ranked.length,
        situation,
      );
    if (best.some((each) => isPausedLater(each.entry.trial, situation))) waiting.add(member);
  }
  const [first] = paused.filter((member) => !waiting.has(member));
  if (first === undefined) return null;
  const { pausedAt, trial } = first;
  const place = ranked.findIndex(({ entry }) => entry.trial === trial) + 1;
  return {
    trial: trial.number,
    toStep: targetAfter(pausedAt, situation),
    reason: `place ${place} of ${ranked.length} at step ${rung}`,
  };
}

function exploit(
  { trial }: Member,
  parents: readonly Member[],
  rung: number,
  compared: number,
  situation: Situation,
): Exploit {
  const rng = makeRng(situation.view.seed, 'pbt-parent', trial.number);
  const parent = (parents[rng.int(parents.length)] as Member).trial;
  return {
    parent: parent.number,
    replaces: trial.number,
    resampleProbability: situation.options.resample_probability,
    toStep: targetAfter(parent.pausedAt ?? rung, situation),
    reason: `among the worst of ${compared} at step ${rung}`,
  };
}

/** The last end of an interval that a trial has passed. */
function rungOf(pausedAt: number, interval: number): number {
  return Math.max(1, Math.floor(pausedAt / interval)) * interval;
}

/** The end of the next interval; null: the trial runs to its end. */
function targetAfter(step: number, { interval, full }: Pick<Situation, 'interval' | 'full'>): number | null {
  const target = (Math.floor(step / interval) + 1) * interval;
  return target < full ? target : null;
}

/** Whether a running trial is paused once more before its end. */
function isPausedLater(trial: TrialView, situation: Situation): boolean {
  return isUnderway(trial) && targetAfter(newestStep(trial.steps) ?? 0, situation) !== null;
}

/**
 * Returns the trials that were trained to a step themselves, the best first; at a tie the older one. Those that were replaced
 * there count too: what was replaced before does not change who is among the worst.
 */
function rankedAt(rung: number, { members, view }: Situation): readonly Ranked<Member>[] {
  const reached = members.flatMap((entry) => {
    const { trial, fork } = entry;
    // What it was given there is the value of its parent.
    if (trial.state === 'fail' || (fork !== null && rung <= fork.fromStep)) return [];
    const point = pointAtRung({ trials: [trial] }, rung, view);
    return point === null ? [] : [{ entry, point }];
  });
  return rankByPoint(reached.sort((a, b) => a.entry.trial.number - b.entry.trial.number));
}

function reasonToWait({ members, view }: Situation): Waiting {
  const running = members.filter(({ trial }) => trial.state === 'running').length;
  if (view.stepsLeft !== null && running > 0 && !members.some(({ trial }) => isUnderway(trial)))
    return waiting(view.stepsLeft);
  if (running > 0) return { wait: `all ${running} members of the population run`, isSpent: false };
  const trained = members.filter(({ trial }) => trial.state === 'complete').length;
  return { wait: `the population is trained: ${trained} complete`, isSpent: false };
}
