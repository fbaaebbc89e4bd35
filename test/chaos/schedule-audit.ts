import { readdirSync } from 'node:fs';
import { type Faults, NO_FAULTS } from './audit.js';
import { integrityFaults, readForks, readPaused, readTrials, statesAfterKill, withCopy } from './database.js';
import type { ChaosFolder } from './folder.js';
import { POPULATION, type ScheduledSweep, STEPS, TRIALS } from './scheduled-sweep.js';

const OUTPUTS = 'outputs/schedules';

type ScheduledTrial = {
  readonly number: number;
  readonly state: string;
  readonly x: number;
  readonly points: readonly string[];
  /** The trial whose checkpoint it continues, from after which step, and in whose place; null: it began at the beginning. */
  readonly fork: Fork | null;
};
type Fork = { readonly parent: number; readonly fromStep: number; readonly replaces: number };

/** `repeats`: trainers were killed, so that steps may be trained again and checkpoints be torn. */
type Allowed = { readonly repeats: boolean };

/** Returns what must not depend on kills. */
export function scheduleOutcome(folder: ChaosFolder): readonly string[] {
  return scheduledTrials(folder).map((trial) => JSON.stringify(trial));
}

function scheduledTrials(folder: ChaosFolder): readonly ScheduledTrial[] {
  return withCopy(folder.file('storage/hpo.db'), (database) => {
    const forks = readForks(database);
    return readTrials(database).map(({ number, state, x, points }) => {
      return { number, state, x, points, fork: forks.get(number) ?? null };
    });
  });
}

/** Returns what is wrong with a sweep of trials that were paused and continued. */
export function auditSchedule(folder: ChaosFolder, sweep: ScheduledSweep, allowed: Allowed): Faults {
  const stored = scheduledTrials(folder);
  const damage = withCopy(folder.file('storage/hpo.db'), integrityFaults);
  const all = {
    lost: [] as string[],
    doubled: [] as string[],
    mismatches: [...damage, ...leftovers(folder, bestOf(stored, sweep.kept)), ...countFaults(stored, sweep)],
  };
  const isAnyTorn = / torn$/m.test(folder.read('records'));
  for (const trial of stored) {
    const records = recordsOf(folder, trial.number);
    const found = auditTrial({ trial, records, sweep, allowed });
    // A trial whose checkpoint was torn began again at the beginning.
    if (!isAnyTorn) found.mismatches.push(...sumFaults(trial, stored, sweep));
    for (const kind of ['lost', 'doubled', 'mismatches'] as const)
      all[kind].push(...found[kind].map((text) => `trial ${trial.number} ${text}`));
  }
  return all;
}

/** Returns what is wrong between two calls: trials that are paused, or whose checkpoints are kept, must have theirs. */
export function auditNeeded(folder: ChaosFolder, { kept }: ScheduledSweep): Faults {
  // It was killed before it stored a trial.
  if (statesAfterKill(folder).size === 0) return NO_FAULTS;
  const paused = withCopy(folder.file('storage/hpo.db'), readPaused);
  const needed = [...paused, ...(kept > 0 ? bestOf(scheduledTrials(folder), kept) : [])];
  const missing = needed.filter((number) => !folder.exists(`${OUTPUTS}/${checkpointOf(number)}/state`));
  return {
    ...NO_FAULTS,
    lost: missing.map((number) => `the checkpoint of trial ${number} is gone, and needed`),
  };
}

/** Returns the numbers of the best complete trials. */
function bestOf(stored: readonly ScheduledTrial[], count: number): readonly number[] {
  return stored
    .flatMap(({ number, state, points }) => {
      const loss = seriesOf(points, 'loss').get(STEPS);
      return state === 'COMPLETE' && loss !== undefined ? [{ number, loss }] : [];
    })
    .sort((a, b) => a.loss - b.loss || a.number - b.number)
    .slice(0, count)
    .map(({ number }) => number);
}

type Audited = {
  readonly trial: ScheduledTrial;
  /** What its trainers noted, in order: `to:TARGET` as they began, steps that they began, `torn`. */
  readonly records: readonly string[];
  readonly sweep: ScheduledSweep;
  readonly allowed: Allowed;
};

function auditTrial({ trial, records, sweep, allowed }: Audited) {
  const { state, points, fork } = trial;
  const lost: string[] = [];
  const mismatches: string[] = [];
  if (state !== 'COMPLETE' && state !== 'PRUNED') lost.push(`is left ${state}`);
  const steps = [...seriesOf(points, 'loss').keys()];
  const last = steps.at(-1) ?? 0;
  if (steps.join() !== upTo(steps.length)) lost.push(`has the steps ${steps}`);
  const trained = records.map(Number).filter((step) => !Number.isNaN(step));
  const isTorn = records.includes('torn');
  const newest = isTorn ? (trained.at(-1) ?? 0) : Math.max(fork?.fromStep ?? 0, ...trained);
  // One that ignores its target may have begun a step when it is ended.
  const unseen = obeys(sweep) ? 0 : 1;
  if (newest < last || newest > last + unseen) lost.push(`trained ${trained}, and has the steps ${steps}`);
  if (isTorn && !allowed.repeats) lost.push('was ended while it saved');
  if ((steps.length === STEPS) !== (state === 'COMPLETE'))
    mismatches.push(`is ${state} after ${steps.length} steps`);
  return { lost, doubled: repeated({ trial, records, sweep, allowed }), mismatches };
}

/** Returns what is wrong where steps were left out, or trained twice although nothing was lost. */
function repeated({ trial, records, sweep, allowed }: Audited): string[] {
  let newest = trial.fork?.fromStep ?? 0;
  // Its parent may have reported one step more than it had saved, where it ignored its target.
  let passed = obeys(sweep) ? newest : newest - 2;
  for (const { target, steps } of attemptsIn(records)) {
    const [first = newest + 1] = steps;
    // It crashed while it saved this step.
    const crashed = sweep.trainer === 'crashes' && first === newest && (first === 2 || first === 5);
    // What ignores its target is ended some time later.
    const mayRepeat = allowed.repeats || crashed || (!obeys(sweep) && first > passed);
    const isNext = first === newest + 1 || (first <= newest && mayRepeat);
    if (!isNext || steps.some((step, k) => step !== first + k)) return [`trained ${records}`];
    newest = steps.at(-1) ?? newest;
    passed = target;
  }
  return [];
}

function attemptsIn(records: readonly string[]) {
  const attempts: { readonly target: number; readonly steps: number[] }[] = [];
  for (const record of records) {
    if (record.startsWith('to:')) attempts.push({ target: Number(record.slice(3)), steps: [] });
    else if (record !== 'torn') attempts.at(-1)?.steps.push(Number(record));
  }
  return attempts;
}

/** The sum grows by x at each step, from what its parent's was: else it continued another checkpoint than it should. */
function sumFaults(
  { x, points, fork }: ScheduledTrial,
  stored: readonly ScheduledTrial[],
  sweep: ScheduledSweep,
): string[] {
  const sums = seriesOf(points, 'sum');
  const parent = stored.find(({ number }) => number === fork?.parent);
  const inherited = seriesOf(parent?.points ?? [], 'sum');
  const from = fork?.fromStep ?? 0;
  const wrong = [...sums].filter(([step, sum]) => {
    const isOwn = sum - (sums.get(step - 1) ?? 0) === x;
    const mayBeOwn = step > from || (step === from && !obeys(sweep));
    return !(step <= from && inherited.get(step) === sum) && !(mayBeOwn && isOwn);
  });
  return wrong.length > 0
    ? [`has the sums ${[...sums.values()]} with x=${x} and ${JSON.stringify(fork)}`]
    : [];
}

function countFaults(stored: readonly ScheduledTrial[], sweep: ScheduledSweep): string[] {
  const { scheduler } = sweep;
  const complete = stored.filter(({ state }) => state === 'COMPLETE').length;
  const forks = stored.flatMap(({ fork }) => fork ?? []);
  if (scheduler !== 'pbt')
    return [
      ...(stored.length === TRIALS ? [] : [`${stored.length} trials, not ${TRIALS}`]),
      ...(complete > 0 ? [] : ['no trial is complete']),
      ...(forks.length === 0 ? [] : ['a trial has a parent']),
    ];
  const members = stored.length - forks.length;
  // Members that overrun their targets may have come to their ends before the last one is there.
  const mayOvertake = !obeys(sweep);
  const replaced = new Set(forks.map(({ replaces }) => replaces));
  const isPruned = (number: number) => stored.find((trial) => trial.number === number)?.state === 'PRUNED';
  return [
    ...(members === POPULATION ? [] : [`${members} members, not ${POPULATION}`]),
    ...(complete === POPULATION ? [] : [`${complete} complete trials, not ${POPULATION}`]),
    ...(forks.length > 0 || mayOvertake ? [] : ['no trial has a parent']),
    ...(replaced.size === forks.length && [...replaced].every(isPruned)
      ? []
      : ['a trial is replaced twice, or not pruned']),
  ];
}

function leftovers(folder: ChaosFolder, kept: readonly number[]): string[] {
  const wanted = kept.map(checkpointOf);
  const found = readdirSync(folder.file(OUTPUTS)).filter((name) => name.endsWith('.checkpoint'));
  const copies = folder.exists(`${OUTPUTS}/.copies`) ? readdirSync(folder.file(`${OUTPUTS}/.copies`)) : [];
  return [
    ...[...found.filter((name) => !wanted.includes(name)), ...copies].map((name) => `${name} is left over`),
    ...wanted.filter((name) => !found.includes(name)).map((name) => `${name} is not kept`),
    ...folder.trainers().map((pid) => `process ${pid} of a trainer is left over`),
  ];
}

const checkpointOf = (number: number) => `trial-${String(number).padStart(5, '0')}.checkpoint`;

function recordsOf(folder: ChaosFolder, trial: number): string[] {
  return folder
    .read('records')
    .split('\n')
    .flatMap((line) => {
      const [number, record] = line.split(' ');
      return line !== '' && Number(number) === trial && record !== undefined ? [record] : [];
    });
}

/** Returns step -> value of a metric, in the order of the steps. */
function seriesOf(points: readonly string[], metric: string): ReadonlyMap<number, number> {
  const found = points.flatMap((point): [number, number][] => {
    const [, name, step, value] = /^(.+)@(\d+)=(.+)$/.exec(point) ?? [];
    return name === metric ? [[Number(step), Number(value)]] : [];
  });
  return new Map(found.sort((a, b) => a[0] - b[0]));
}

const obeys = ({ trainer }: ScheduledSweep) => trainer === 'obeys' || trainer === 'crashes';

const upTo = (last: number) => Array.from({ length: last }, (_, k) => k + 1).join();
