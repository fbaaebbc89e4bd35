import { setTimeout as sleep } from 'node:timers/promises';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { type Faults, joinFaults, NO_FAULTS } from './audit.js';
import { ChaosFolder, here } from './folder.js';
import type { PartOptions, PartResult } from './part.js';
import { auditSchedule, type ScheduledTrial, scheduledTrials, statesAfterKill } from './schedule-audit.js';

const TRIALS = 9;
const PAUSE_S = 0.01;
/** When a kill comes: between the first imports and some trials. */
const LONGEST_LIFE_MS = 900;
const MOST_CALLS = 60;
/** How many moments of promotions the long form kills at, for each sweep. */
const LONG_SAMPLE = 20;
/** Runs at the same time: most of a run is waiting. */
const AT_ONCE = 3;

type Sweep = {
  readonly scheduler: 'asha' | 'hyperband' | 'epochs';
  readonly sampler: 'grid' | 'tpe';
  readonly slots: number;
};

/** Who is killed. `moment`: the orchestrator, just after the moment of this number. */
type Kill =
  | { readonly who: 'orchestrator' | 'everything' | 'trainer' | 'supervisor' }
  | { readonly who: 'moment'; readonly number: number };

const SWEEPS: readonly Sweep[] = (['asha', 'hyperband', 'epochs'] as const).flatMap((scheduler) =>
  [1, 3].map((slots) => ({ scheduler, sampler: scheduler === 'asha' ? 'tpe' : 'grid', slots })),
);

/**
 * Kills sweeps whose trials are paused and continued: the orchestrator at moments of promotions and at random, its trainers,
 * their supervisors, and all of them. With one slot each must end as an undisturbed one.
 */
export async function killSchedules({ seed, short, say }: PartOptions): Promise<PartResult> {
  const total = { sweeps: 0, kills: 0, promotions: 0 };
  let faults: Faults = NO_FAULTS;
  const left: (() => Promise<void>)[] = [];
  // The short form kills sweeps of one scheduler, which the seed chooses.
  const first = short ? 2 * (seed % (SWEEPS.length / 2)) : 0;
  for (const sweep of SWEEPS.slice(first, short ? first + 2 : SWEEPS.length)) {
    const whole = await undisturbed(sweep);
    faults = joinFaults(faults, whole.faults);
    total.promotions += whole.promotions.length;
    const rng = makeRng(seed, 'schedules', sweep.scheduler, sweep.slots);
    const all = ['everything', 'trainer', 'supervisor', 'orchestrator'] as const;
    const random = (short ? all.slice(0, 1) : all).map((who) => ({ who }));
    const moments = sample(whole.promotions, short ? 2 : LONG_SAMPLE, rng).map((number) => ({
      who: 'moment' as const,
      number,
    }));
    const times = short ? 1 : 2;
    const kills: readonly Kill[] = [...moments, ...Array.from({ length: times }, () => random).flat()];
    for (const [k, kill] of kills.entries())
      left.push(async () => {
        const ran = await underKills(sweep, kill, {
          rng: makeRng(seed, 'schedules', sweep.scheduler, k),
          expected: sweep.slots === 1 ? whole.trials : null,
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

function makeFolder({ scheduler, sampler, slots }: Sweep): ChaosFolder {
  return new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'schedules',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: {
        command: ['sh', here('scheduled.sh'), '${overrides}'],
        env: { TORTURE_PAUSE_S: String(PAUSE_S) },
      },
      sampler,
      scheduler: scheduler === 'epochs' ? { name: 'epochs', steps: 2, keep: 2 } : scheduler,
      max_steps: 9,
      retries: 50,
      devices: 'cpu',
      max_concurrent: slots,
      parameters: { x: Array.from({ length: TRIALS }, (_, k) => k + 1) },
    }),
  });
}

/** Runs a sweep to its end, and returns the moments between the decision to continue a trial and its trainer. */
async function undisturbed(sweep: Sweep) {
  const folder = makeFolder(sweep);
  try {
    const { code, stdout, stderr } = await folder.start(['optimize'], preload(folder, {})).ended;
    if (code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    const points = folder.read('points').split('\n').filter(Boolean);
    return {
      trials: scheduledTrials(folder),
      promotions: momentsOfPromotions(points),
      faults: auditSchedule(folder, TRIALS, { repeats: false, sameAs: null }),
    };
  } finally {
    folder.remove();
  }
}

/** A second attempt makes a folder `00003-2-...`: the moments from the commit before it to the start of its supervisor. */
function momentsOfPromotions(points: readonly string[]): readonly number[] {
  const found = points.flatMap((point, k) => {
    if (!/mkdirSync .*\/\.attempts\/\d+-([2-9]|\d\d)-/.test(point)) return [];
    const spawned = points.findIndex((each, at) => at > k && / spawn /.test(each));
    return Array.from({ length: spawned - k + 4 }, (_, j) => k - 2 + j);
  });
  if (found.length === 0) throw new Error('no promotion was seen');
  return [...new Set(found)].map((k) => k + 1);
}

async function underKills(
  sweep: Sweep,
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
    const { lost, doubled, mismatches } = auditSchedule(folder, TRIALS, { repeats, sameAs: expected });
    const named = (texts: readonly string[]) =>
      texts.map((text) => `${JSON.stringify({ ...sweep, ...kill })}: ${text}`);
    return {
      kills,
      faults: { lost: named(lost), doubled: named(doubled), mismatches: named(mismatches) },
    };
  } finally {
    folder.remove();
  }
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
  return states.length === TRIALS && states.every((state) => state === 'COMPLETE' || state === 'PRUNED');
}

const sample = <T>(all: readonly T[], count: number, rng: Rng): readonly T[] =>
  Array.from({ length: count }, () => all[rng.int(all.length)] as T);

function preload(folder: ChaosFolder, env: Readonly<Record<string, string>>) {
  return {
    nodeArgs: ['--import', new URL('preload.mjs', import.meta.url).href],
    env: { HPO_POINTS_FILE: folder.file('points'), ...env },
  };
}
