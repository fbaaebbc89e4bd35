import { int } from '../../src/core/distribution.js';
import { type Fork, withFork } from '../../src/core/fork.js';
import { makeSpace } from '../../src/core/space.js';
import type { StudyView } from '../../src/core/study-view.js';
import type { Direction, TrialView } from '../../src/core/trial.js';
import type { Scheduler, ScheduleView } from '../../src/schedulers/scheduler.js';

/** The space of `studyView`. */
export const SPACE = makeSpace([{ name: 'x', distribution: int(0, 31) }]);

/** What a configuration reports at a step: every objective, and how far it violates the metric constraints. */
export type Report = { readonly values: readonly number[]; readonly violation: number };

/** The value of a configuration at a step, from 1 to the last. */
export type Curve = (step: number) => number;
/** All that it reports there. */
export type Reports = (step: number) => Report;

type Running = {
  number: number;
  state: 'running' | 'complete' | 'pruned' | 'fail';
  steps: Map<number, number>;
  /** Of several objectives, or with metric constraints. */
  reports?: Map<number, Report>;
  pausedAt: number | null;
  fork: Fork | null;
};

export type Simulated = {
  /** `start 0 to 3`, `continue 0 to 9`, in order. */
  readonly log: readonly string[];
  /** The steps that each trial was trained. */
  readonly trained: readonly number[];
  /** The steps of all, each counted once. */
  readonly spent: number;
  readonly states: readonly string[];
};

export type Simulation = {
  readonly maxSteps: number;
  readonly resumable?: boolean;
  readonly directions?: readonly Direction[];
  /** The budget of steps; a trial that runs when it is spent trains to its target. Default: no limit. */
  readonly steps?: number | null;
};

/** Runs curves with a scheduler in one slot, as a sweep does whose trainers save checkpoints, or do not. */
export async function simulate(
  scheduler: Scheduler,
  curves: readonly (Curve | Reports)[],
  { maxSteps, resumable = true, directions = ['minimize'], steps = null }: Simulation,
): Promise<Simulated> {
  const trials: Running[] = [];
  const log: string[] = [];
  let asked = 0;
  let spent = 0;
  const view = (): ScheduleView => ({
    ...studyView(trials, maxSteps),
    directions,
    space: SPACE,
    resumable,
    canAsk: asked < curves.length,
    canExploit: true,
    stepsLeft: steps === null ? null : Math.max(0, steps - spent),
  });
  const train = async (trial: Running, target: number | null) => {
    trial.pausedAt = null;
    const until = resumable && target !== null ? target : maxSteps;
    for (let step = trial.steps.size + 1; step <= until; step++) {
      spent++;
      report(trial, step, (curves[trial.number % curves.length] as Curve | Reports)(step));
      if (step === maxSteps) break;
      const verdict = await scheduler.decide({ ...judgedTrial(trial), values: null }, view());
      if (verdict.kind !== 'stop') continue;
      trial.state = 'pruned';
      log.push(`stop ${trial.number} at ${step}`);
      return;
    }
    if (trial.steps.size < maxSteps) trial.pausedAt = trial.steps.size;
    else trial.state = 'complete';
  };
  while (steps === null || spent < steps) {
    const next = await scheduler.next(view());
    if (next !== null && 'wait' in next) break;
    if (next !== null && 'parent' in next) {
      const [parent, replaced] = [trials[next.parent], trials[next.replaces]] as [Running, Running];
      const fork = { parent: next.parent, fromStep: parent.pausedAt as number, replaces: next.replaces };
      const number = trials.length;
      log.push(`replace ${next.replaces} by ${number} from ${next.parent} to ${next.toStep ?? 'end'}`);
      Object.assign(replaced, { state: 'pruned', pausedAt: null });
      const steps = new Map(parent.steps);
      const reports = new Map(parent.reports);
      const begun = { ...fork, copy: '0-0', steps: steps.size };
      const child: Running = { ...parent, number, steps, reports, fork: begun };
      trials.push(child);
      await train(child, next.toStep);
      continue;
    }
    if (next !== null) {
      const trial = trials[next.trial] as Running;
      log.push(`continue ${trial.number} to ${next.toStep ?? 'end'}`);
      await train(trial, next.toStep);
      continue;
    }
    if (asked === curves.length) break;
    asked += 1;
    const number = trials.length;
    const target = (await scheduler.firstTargets(view()))(number);
    const trial: Running = { number, state: 'running', steps: new Map(), pausedAt: null, fork: null };
    trials.push(trial);
    log.push(`start ${number} to ${target ?? 'end'}`);
    await train(trial, target);
  }
  return {
    log,
    trained: trials.map((trial) => trial.steps.size),
    spent,
    states: trials.map(({ state, pausedAt }) => (pausedAt === null ? state : `paused at ${pausedAt}`)),
  };
}

function report(trial: Running, step: number, reported: number | Report): void {
  const isOne = typeof reported === 'number';
  trial.steps.set(step, isOne ? reported : (reported.values[0] as number));
  if (!isOne) trial.reports = new Map(trial.reports).set(step, reported);
}

/** The trial with what is known of further objectives and of constraints. */
function judgedTrial(trial: Omit<Running, 'fork'>): Omit<TrialView, 'values'> {
  const { reports, ...known } = { reports: new Map<number, Report>(), ...trial };
  const series = [...reports];
  const [first] = reports.values();
  if (first === undefined) return { ...known, steps: new Map(trial.steps) };
  return {
    ...known,
    steps: new Map(trial.steps),
    ...(first.values.length > 1 && {
      objectiveSteps: first.values.map(
        (_, k) => new Map(series.map(([step, { values }]) => [step, values[k] as number])),
      ),
    }),
    violationSteps: new Map(series.map(([step, { violation }]) => [step, violation])),
  };
}

/** A view with one trial for each configuration. */
export function studyView(
  trials: readonly (Omit<Running, 'fork'> & Partial<Pick<Running, 'fork'>>)[],
  maxSteps: number | null,
): StudyView {
  return {
    directions: ['minimize'],
    seed: 1,
    maxSteps,
    earlier: null,
    configs: trials.map((trial, index) => {
      const values = trial.state === 'running' ? null : [[...trial.steps.values()].at(-1) ?? 0];
      const viewed: TrialView = { ...judgedTrial(trial), values };
      return {
        index,
        params: { x: index },
        key: String(index),
        state: trial.state === 'running' ? 'running' : trial.state,
        values,
        std: null,
        trialCount: trial.state === 'complete' ? 1 : 0,
        violations: [...(trial.reports?.values() ?? [])].slice(-1).map(({ violation }) => violation),
        trials: [viewed],
        attrs: trial.fork ? withFork(trial.fork) : {},
      };
    }),
  };
}
