import { existsSync, readdirSync } from 'node:fs';
import { type Faults, NO_FAULTS } from './audit.js';
import { integrityFaults, readTrials, statesOf, withCopy } from './database.js';
import type { ChaosFolder } from './folder.js';

/** What must not depend on kills: number, state, x and values of each trial. */
export type ScheduledTrial = {
  readonly number: number;
  readonly state: string;
  readonly x: number;
  readonly points: readonly string[];
};

/** Whose death it was decides how often a step may be trained. */
export type Allowed = { readonly repeats: boolean; readonly sameAs: readonly ScheduledTrial[] | null };

export function scheduledTrials(folder: ChaosFolder): readonly ScheduledTrial[] {
  return withCopy(folder.file('storage/hpo.db'), (database) =>
    readTrials(database).map(({ number, state, x, points }) => ({ number, state, x, points })),
  );
}

/** Returns what is wrong with a sweep of trials that were paused and continued. */
export function auditSchedule(folder: ChaosFolder, trials: number, { repeats, sameAs }: Allowed): Faults {
  const stored = scheduledTrials(folder);
  const damage = withCopy(folder.file('storage/hpo.db'), integrityFaults);
  const lost: string[] = [];
  const doubled: string[] = [];
  const mismatches: string[] = [...damage, ...leftovers(folder)];
  if (stored.length !== trials) mismatches.push(`${stored.length} trials, not ${trials}`);
  for (const { number, state, points } of stored) {
    const name = `trial ${number}`;
    if (state !== 'COMPLETE' && state !== 'PRUNED') lost.push(`${name} is left ${state}`);
    const steps = points.map((point) => Number(/@(\d+)=/.exec(point)?.[1])).sort((a, b) => a - b);
    const trained = trainedBy(folder, number);
    if (steps.join() !== upTo(steps.length)) lost.push(`${name} has the steps ${steps}`);
    if (trained.length > 0 && Math.max(...trained) !== steps.at(-1))
      lost.push(`${name} trained ${trained}, and has the steps ${steps}`);
    for (const [k, step] of trained.entries()) {
      const jump = step - (trained[k - 1] ?? 0);
      if (jump === 0 && repeats) continue;
      if (jump !== 1) doubled.push(`${name} trained ${trained}`);
    }
    if ((steps.length === 9) !== (state === 'COMPLETE'))
      mismatches.push(`${name} is ${state} after ${steps.length} steps`);
  }
  if (!stored.some(({ state }) => state === 'COMPLETE')) lost.push('no trial is complete');
  if (sameAs !== null && JSON.stringify(stored) !== JSON.stringify(sameAs))
    mismatches.push(`it ended as ${briefly(stored)}, and undisturbed as ${briefly(sameAs)}`);
  return { ...NO_FAULTS, lost, doubled, mismatches };
}

/** A trial that is paused, between two calls, is RUNNING with its mark. */
export function statesAfterKill(folder: ChaosFolder): ReadonlyMap<number, string> {
  if (!existsSync(folder.file('storage/hpo.db'))) return new Map();
  return withCopy(folder.file('storage/hpo.db'), statesOf);
}

function leftovers(folder: ChaosFolder): string[] {
  const checkpoints = readdirSync(folder.file('outputs/schedules')).filter((name) =>
    name.endsWith('.checkpoint'),
  );
  return [
    ...checkpoints.map((name) => `${name} is left over`),
    ...folder.trainers().map((pid) => `process ${pid} of a trainer is left over`),
  ];
}

function trainedBy(folder: ChaosFolder, trial: number): number[] {
  return folder
    .read('records')
    .split('\n')
    .flatMap((line) => {
      const [number, step] = line.split(' ').map(Number);
      return line !== '' && number === trial && step !== undefined ? [step] : [];
    });
}

const upTo = (last: number) => Array.from({ length: last }, (_, k) => k + 1).join();

const briefly = (trials: readonly ScheduledTrial[]) =>
  trials.map(({ number, state, x, points }) => `${number}:${state}:x=${x}:${points.length}`).join(' ');
