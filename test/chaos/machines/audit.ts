import type { Faults } from '../audit.js';
import { expectedOf } from '../expected.js';
import { pointsOf } from '../records.js';
import { overlapsOf, type Run } from './notes.js';
import type { StoredTrial } from './stored.js';

export type Audited = {
  readonly stored: readonly StoredTrial[];
  readonly runs: readonly Run[];
  readonly budget: number;
  readonly retries: number;
  readonly leaseMs: number;
  /** Whether x = 1..budget must each be there once. */
  readonly isGrid: boolean;
};

/** Killed trainers end with this. */
const KILLED_EXIT = 128 + 9;
/** How long a trainer that was frozen beyond the lease may take to be ended, as a share of the lease. */
const END_SHARE = 0.5;
/** As `LOST_ATTEMPTS_LIMIT` says, written a second time. */
const MOST_LOST = 3;

/** Returns what is wrong with a sweep of several hosts: it must look undisturbed. */
export function auditMachines(audited: Audited): Faults {
  const lost: string[] = [];
  const doubled: string[] = [];
  const mismatches: string[] = [];
  const { stored, runs, budget, isGrid, leaseMs } = audited;
  for (let number = 0; number < budget; number++) {
    const count = stored.filter((trial) => trial.number === number).length;
    if (count === 0) lost.push(`there is no trial ${number}`);
    if (count > 1) doubled.push(`there are ${count} trials ${number}`);
  }
  if (stored.length > budget) doubled.push(`${stored.length} trials of a budget of ${budget}`);
  for (let x = 1; isGrid && x <= budget; x++) {
    const tried = stored.filter((trial) => trial.x === x).map(({ number }) => number);
    if (tried.length === 0) lost.push(`x=${x} was never tried`);
    if (tried.length > 1) doubled.push(`x=${x} was tried by trials ${tried.join(' and ')}`);
  }
  for (const overlap of overlapsOf(runs))
    if (overlap.ms > leaseMs * END_SHARE)
      doubled.push(`two trainers of trial ${overlap.trial} ran at the same time for ${overlap.ms} ms`);
  const known = new Set(stored.flatMap(({ attempts }) => attempts.map(({ token }) => token)));
  for (const [k, { trial, token }] of runs.entries()) {
    if (!known.has(token)) mismatches.push(`a trainer of trial ${trial} was no attempt of it`);
    if (runs.slice(0, k).some((run) => run.token === token))
      doubled.push(`an attempt of trial ${trial} was started twice`);
  }
  for (const trial of stored) {
    const found = auditTrial(
      trial,
      runs.filter((run) => run.trial === trial.number),
      audited,
    );
    const named = (text: string) => `trial ${trial.number} (x=${trial.x}): ${text}`;
    lost.push(...found.lost.map(named));
    mismatches.push(...found.mismatches.map(named));
  }
  return { lost, doubled, mismatches };
}

function auditTrial(trial: StoredTrial, runs: readonly Run[], { retries }: Audited) {
  const lost: string[] = [];
  const mismatches: string[] = [];
  const { state, attempts, points } = trial;
  if (state === 'RUNNING' || state === 'WAITING') lost.push(`it is left ${state}`);
  if (runs.length === 0) lost.push('it never ran');
  if (runs.some(({ x }) => x !== trial.x)) mismatches.push('a trainer of it had another x');
  const wanted = expectedOf(trial.x);
  const count = (cause: string) => attempts.filter((attempt) => attempt.cause === cause).length;
  const failures = count('failed') + count('limit');
  // Faults may use up the retries of any trial.
  const isWornOut = failures > retries || count('lost') >= MOST_LOST + retries;
  if (state !== wanted.state && !(state === 'FAIL' && isWornOut))
    mismatches.push(`it is ${state}, not ${wanted.state}`);
  if (state === 'FAIL' && !isWornOut)
    mismatches.push(
      `it failed after ${failures} failures and ${count('lost')} losses, of ${retries} retries`,
    );
  if (failures > retries + 1) mismatches.push(`it has ${failures} failures, of ${retries} retries`);
  const strange = attempts.filter(
    ({ cause, exitCode }) => cause === 'failed' && exitCode !== wanted.exitCode && exitCode !== KILLED_EXIT,
  );
  for (const { attempt, exitCode } of strange)
    mismatches.push(`its attempt ${attempt} failed with exit code ${exitCode}`);
  const open = attempts.filter(({ isFinished }) => !isFinished).length;
  if (open > 0) mismatches.push(`${open} of its attempts have no end`);
  if (attempts.some(({ attempt }, k) => attempt !== k + 1)) mismatches.push('its attempts have gaps');

  const all = pointsOf(wanted.lines);
  const invented = points.filter((point) => !all.includes(point));
  if (invented.length > 0) mismatches.push(`${invented.join(', ')} was never printed`);
  const ran = runs.filter(({ token }) => token === attempts.at(-1)?.token).flatMap(({ printed }) => printed);
  const due = state === wanted.state && state !== 'FAIL' ? all : pointsOf(ran);
  const missing = due.filter((point) => !points.includes(point));
  if (missing.length > 0) lost.push(`${missing.join(', ')} is not in the database`);
  mismatches.push(...auditForOptuna(trial));
  return { lost, mismatches };
}

/** Returns what Optuna would not understand, or would show otherwise. */
function auditForOptuna({ state, value, isDated, points, intermediate }: StoredTrial): string[] {
  const losses = points.filter((point) => point.startsWith('loss@'));
  const last = losses.map((point) => Number(point.split('=')[1])).at(-1) ?? null;
  return [
    ...(isDated ? [] : ['it has no start or no end']),
    ...(state === 'COMPLETE' && value !== last ? [`its value is ${value}, and its last loss ${last}`] : []),
    ...(intermediate.join() === losses.join()
      ? []
      : [`Optuna shows the losses ${intermediate.join()}, and hpo ${losses.join()}`]),
  ];
}
