import { setTimeout as sleep } from 'node:timers/promises';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { type Faults, joinFaults, NO_FAULTS } from './audit.js';
import type { ChaosFolder } from './folder.js';
import type { PartOptions, PartResult } from './part.js';
import { auditSchedule, type ScheduledTrial, scheduledTrials, statesAfterKill } from './schedule-audit.js';
import {
  EVERY_SCHEDULER,
  EVERY_TRAINER,
  isExact,
  makeFolder,
  type ScheduledSweep,
} from './scheduled-sweep.js';

/** When a kill comes: between the first imports and some trials. */
const LONGEST_LIFE_MS = 900;
const MOST_CALLS = 60;
/** Runs at the same time: most of a run is waiting. */
const AT_ONCE = 3;

/** Who is killed. `moment`: the orchestrator, just after the moment of this number. */
type Kill = { readonly who: (typeof RANDOM)[number] } | { readonly who: 'moment'; readonly number: number };
const RANDOM = ['everything', 'trainer', 'supervisor', 'orchestrator'] as const;

/** How often each sweep is killed: at moments of promotions, and at random for each of who may be. */
type Killing = {
  readonly moments: number;
  readonly random: number;
  readonly who: readonly (typeof RANDOM)[number][];
};

/**
 * Kills sweeps whose trials are paused and continued: the orchestrator at moments of promotions and at random, its trainers,
 * their supervisors, and all of them. With one slot each must end as an undisturbed one.
 */
export async function killSchedules(options: PartOptions): Promise<PartResult> {
  // The short form kills sweeps of one scheduler, which the seed chooses.
  if (options.short)
    return killSweeps(
      chosen(EVERY_SCHEDULER, options.seed),
      { moments: 2, random: 1, who: ['everything'] },
      options,
    );
  return killSweeps(EVERY_SCHEDULER, { moments: 10, random: 2, who: RANDOM }, options);
}

/** The same with trainers that ignore their target, that take long to save, and that crash while they save. */
export async function killTrainersThatDisobey(options: PartOptions): Promise<PartResult> {
  const who = ['orchestrator'] as const;
  if (options.short)
    return killSweeps(chosen(EVERY_TRAINER, options.seed), { moments: 1, random: 1, who }, options);
  return killSweeps(EVERY_TRAINER, { moments: 5, random: 1, who: RANDOM }, options);
}

/** Returns one kind of sweep, with one slot and with several. */
function chosen(sweeps: readonly ScheduledSweep[], seed: number): readonly ScheduledSweep[] {
  const first = 2 * (seed % (sweeps.length / 2));
  return sweeps.slice(first, first + 2);
}

async function killSweeps(
  sweeps: readonly ScheduledSweep[],
  { moments, random, who }: Killing,
  { seed, say }: PartOptions,
): Promise<PartResult> {
  const total = { sweeps: 0, kills: 0, promotions: 0 };
  let faults: Faults = NO_FAULTS;
  const left: (() => Promise<void>)[] = [];
  for (const sweep of sweeps) {
    const whole = await undisturbed(sweep);
    faults = joinFaults(faults, whole.faults);
    total.promotions += whole.promotions.length;
    const name = [sweep.scheduler, sweep.trainer, sweep.slots];
    const kills: readonly Kill[] = [
      ...sample(whole.promotions, moments, makeRng(seed, 'schedules', ...name)).map((number) => ({
        who: 'moment' as const,
        number,
      })),
      ...Array.from({ length: random }, () => who.map((each) => ({ who: each }))).flat(),
    ];
    for (const [k, kill] of kills.entries())
      left.push(async () => {
        const ran = await underKills(sweep, kill, {
          rng: makeRng(seed, 'schedules', ...name, k),
          expected: isExact(sweep) ? whole.trials : null,
        });
        faults = joinFaults(faults, ran.faults);
        total.sweeps++;
        total.kills += ran.kills;
        if (total.sweeps % 10 === 0) say(`schedules: ${total.sweeps} sweeps, ${total.kills} kills`);
      });
  }
  const worker = async () => {
    for (let run = left.shift(); run; run = left.shift()) await run();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { figures: total, faults };
}

/** Runs a sweep to its end, and returns the moments between the decision to continue a trial and its trainer. */
async function undisturbed(sweep: ScheduledSweep) {
  const folder = makeFolder(sweep);
  try {
    const { code, stdout, stderr } = await folder.start(['optimize'], preload(folder, {})).ended;
    if (code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    const points = folder.read('points').split('\n').filter(Boolean);
    return {
      trials: scheduledTrials(folder),
      promotions: momentsOfPromotions(points),
      faults: named(sweep, 'undisturbed', auditSchedule(folder, sweep, { repeats: false, sameAs: null })),
    };
  } finally {
    folder.remove();
  }
}

/**
 * Returns the moments of promotions. A second attempt makes a folder `00003-2-...`: they last from the commit before it to the
 * start of its supervisor. A trial that continues another one's checkpoint begins with a copy.
 */
function momentsOfPromotions(points: readonly string[]): readonly number[] {
  const found = points.flatMap((point, k) => {
    const continues = /mkdirSync .*\/\.attempts\/\d+-([2-9]|\d\d)-/.test(point);
    if (!continues && !/ rm .*\/\.copies\//.test(point)) return [];
    const spawned = points.findIndex((each, at) => at > k && / spawn /.test(each));
    return Array.from({ length: spawned - k + 4 }, (_, j) => k - 2 + j);
  });
  if (found.length === 0) throw new Error('no promotion was seen');
  return [...new Set(found)].map((k) => k + 1);
}

async function underKills(
  sweep: ScheduledSweep,
  kill: Kill,
  { rng, expected }: { readonly rng: Rng; readonly expected: readonly ScheduledTrial[] | null },
): Promise<{ readonly kills: number; readonly faults: Faults }> {
  const folder = makeFolder(sweep);
  try {
    let kills = 0;
    for (let call = 0; call < MOST_CALLS; call++) {
      const wanted = kill.who === 'moment' ? (call === 0 ? 1 : 0) : call < 4 ? 1 : 0;
      const env: Readonly<Record<string, string>> =
        kill.who === 'moment' && wanted ? { HPO_KILL_AT: `${kill.number}:after` } : {};
      const { child, ended } = folder.start(['optimize'], preload(folder, env));
      if (wanted && kill.who !== 'moment') {
        await Promise.race([sleep(300 + rng.float() * LONGEST_LIFE_MS), ended]);
        kills += strike(folder, kill.who, child.pid ?? 0);
      }
      const { code, stdout, stderr } = await ended;
      if (code === 0 && (kill.who === 'moment' || call >= 4 || isOver(folder))) break;
      if (kill.who === 'moment') kills++;
      if (code !== null && code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    }
    const repeats = kill.who !== 'moment' && kill.who !== 'orchestrator';
    return { kills, faults: named(sweep, kill, auditSchedule(folder, sweep, { repeats, sameAs: expected })) };
  } finally {
    folder.remove();
  }
}

function named(sweep: ScheduledSweep, how: Kill | string, { lost, doubled, mismatches }: Faults): Faults {
  const each = (texts: readonly string[]) => texts.map((text) => `${JSON.stringify([sweep, how])}: ${text}`);
  return { lost: each(lost), doubled: each(doubled), mismatches: each(mismatches) };
}

/** Kills, and returns how many were killed. */
function strike(folder: ChaosFolder, who: Exclude<Kill['who'], 'moment'>, orchestrator: number): number {
  const own = who === 'trainer' || who === 'supervisor' ? [] : [orchestrator];
  const trainers = who === 'orchestrator' ? [] : folder.trainers().sort((a, b) => a - b);
  // A supervisor is older than its trainer, and each leads its trial's processes.
  const struck =
    who === 'trainer'
      ? trainers.slice(1)
      : who === 'supervisor'
        ? trainers.slice(0, 1)
        : [...own, ...trainers];
  let count = 0;
  for (const pid of struck)
    try {
      process.kill(pid, 'SIGKILL');
      count++;
    } catch {
      // It has just ended by itself.
    }
  return count;
}

function isOver(folder: ChaosFolder): boolean {
  const states = [...statesAfterKill(folder).values()];
  return states.length > 0 && states.every((state) => state === 'COMPLETE' || state === 'PRUNED');
}

const sample = <T>(all: readonly T[], count: number, rng: Rng): readonly T[] =>
  Array.from({ length: count }, () => all[rng.int(all.length)] as T);

function preload(folder: ChaosFolder, env: Readonly<Record<string, string>>) {
  return {
    nodeArgs: ['--import', new URL('preload.mjs', import.meta.url).href],
    env: { HPO_POINTS_FILE: folder.file('points'), ...env },
  };
}
