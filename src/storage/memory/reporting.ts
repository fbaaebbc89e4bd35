import { causeOf } from '../../core/attempt-cause.js';
import { toStored } from '../../core/distribution.js';
import { addSample, type GpuSample } from '../../core/gpu-use.js';
import { lowestExplicitStep, reclaimedSteps } from '../../core/metric-inheritance.js';
import type { EndedAttempt, Ending, ReportedPoint, Suggested } from '../storage.js';
import { checkedValues, checkPoints } from '../validation.js';
import { frozenCopy } from './frozen.js';
import { noteSeen } from './parameter-summary.js';
import { Series, withoutSign } from './series.js';
import { type Tables, type Trial, trialOfRunning } from './tables.js';
import { NO_VIOLATIONS } from './trials.js';

/**
 * The trial, when it runs and `attemptId` is its running attempt (null: it has none); else null. Every write about a
 * running trial checks this first.
 */
function current(tables: Tables, trialId: number, attemptId: number | null): Trial | null {
  const trial = tables.trials.get(trialId);
  if (trial?.state !== 'running') return null;
  const running = trial.attempt?.finishedAtMs === null ? trial.attempt.id : null;
  if (running !== attemptId) return null;
  // Whatever the caller does to it.
  tables.noteChange(trial);
  return trial;
}

/** @throws RangeError for a value that is no choice of its distribution. */
export function suggest(
  tables: Tables,
  trialId: number,
  attemptId: number | null,
  { name, distribution, value }: Suggested,
): boolean {
  toStored(distribution, value);
  const trial = current(tables, trialId, attemptId);
  if (!trial) return false;
  if (Object.hasOwn(trial.params, name)) return true;
  trial.params = frozenCopy({ ...trial.params, [name]: value });
  trial.distributions = [...trial.distributions, [name, distribution]];
  noteSeen(trial.study, name, distribution, value);
  return true;
}

/** @throws HpoError storage.bad-step */
export function report(
  tables: Tables,
  trialId: number,
  attemptId: number | null,
  points: readonly ReportedPoint[],
): boolean {
  const trial = current(tables, trialId, attemptId);
  if (!trial) return false;
  checkPoints(points);
  if (attemptId !== null) discardReclaimed(tables, trial, points);
  for (const { name, step, value, objective } of points) {
    let series = trial.metrics.get(name);
    if (!series) {
      series = new Series();
      trial.metrics.set(name, series);
      trial.study.metricNames.add(name);
    }
    series.set(step, value);
    if (objective && step !== null) trial.objective.set(step, value);
  }
  return true;
}

/** Discards what the attempt reports again, by the rule of core/metric-inheritance.ts. */
function discardReclaimed(tables: Tables, trial: Trial, points: readonly ReportedPoint[]): void {
  const { attempt, inheritsObjective } = trial;
  if (!attempt) return;
  const reclaimed = reclaimedSteps(attempt.firstStep, lowestExplicitStep(points));
  if (!reclaimed) return;
  for (const name of attempt.inherited) dropPoints(trial, name, (series) => series.dropSteps(reclaimed));
  if (inheritsObjective) trial.objective.dropSteps(reclaimed);
  tables.setAttempt(trial, { ...attempt, firstStep: reclaimed.from });
}

/** A metric without any value left is removed. */
function dropPoints(trial: Trial, name: string, drop: (series: Series) => void): void {
  const series = trial.metrics.get(name);
  if (!series) return;
  drop(series);
  if (series.isEmpty) trial.metrics.delete(name);
}

export function recordGpuUsage(
  tables: Tables,
  trialId: number,
  attemptId: number,
  sample: GpuSample,
): boolean {
  const trial = current(tables, trialId, attemptId);
  if (!trial) return false;
  trial.gpuUse = frozenCopy(addSample(trial.gpuUse, sample));
  return true;
}

/** @throws HpoError storage.bad-values */
export function finish(tables: Tables, trialId: number, attemptId: number | null, ending: Ending): boolean {
  const trial = current(tables, trialId, attemptId);
  if (!trial) return false;
  const { state, exitCode, reason, finishedAtMs } = ending;
  const values = checkedValues(ending, trial.study.directions.length);
  trial.state = state;
  trial.values = values.length > 0 ? Object.freeze(values.map(withoutSign)) : null;
  trial.violations = Object.freeze([...(ending.violations ?? NO_VIOLATIONS)]);
  trial.exitCode = exitCode;
  trial.reason = reason;
  trial.finishedAtMs = finishedAtMs;
  trial.pausedAt = null;
  trial.study.unfinished.delete(trial);
  if (trial.attempt && attemptId !== null) {
    const cause = ending.cause ?? causeOf(state);
    tables.setAttempt(trial, { ...trial.attempt, exitCode, reason, cause, settled: true, finishedAtMs });
  }
  return true;
}

export function requeue(tables: Tables, attemptId: number, ended: EndedAttempt): boolean {
  const trial = trialOfRunning(tables, attemptId);
  if (!trial) return false;
  const { exitCode, reason, cause, finishedAtMs } = ended;
  tables.setAttempt(trial, { ...trial.attempt, exitCode, reason, cause, finishedAtMs });
  trial.pausedAt = ended.pausedAt ?? null;
  forgetReports(trial, ended.keepSteps);
  for (const name of ended.forget ?? []) trial.metrics.delete(name);
  return true;
}

/** A trial that never had an attempt stays failed: hpo would not run it again. */
export function reopen(tables: Tables, trialId: number, keepSteps = false): boolean {
  const trial = tables.trials.get(trialId);
  if (trial?.state !== 'fail' || !trial.attempt) return false;
  trial.state = 'running';
  trial.violations = NO_VIOLATIONS;
  Object.assign(trial, { values: null, exitCode: null, reason: null, finishedAtMs: null });
  trial.study.unfinished.add(trial);
  forgetReports(trial, keepSteps);
  tables.noteChange(trial);
  return true;
}

/** Final values are deleted in any case: they belong to a run that did not end. */
export function forgetReports(trial: Trial, keepSteps = false): void {
  trial.gpuUse = null;
  if (keepSteps)
    for (const name of [...trial.metrics.keys()]) dropPoints(trial, name, (series) => series.dropFinal());
  else {
    trial.metrics.clear();
    trial.objective = new Series();
  }
}

export function takeOverAttempt(
  tables: Tables,
  attemptId: number,
  fromOwner: string,
  toOwner: string,
): boolean {
  const trial = trialOfRunning(tables, attemptId);
  if (trial?.attempt.owner !== fromOwner) return false;
  tables.setAttempt(trial, { ...trial.attempt, owner: toOwner });
  return true;
}

export function requestStop(tables: Tables, attemptId: number, stopRequested: boolean): void {
  const trial = trialOfRunning(tables, attemptId);
  if (trial) tables.setAttempt(trial, { ...trial.attempt, stopRequested });
}
