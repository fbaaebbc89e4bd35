import { setTimeout as sleep } from 'node:timers/promises';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { type Faults, joinFaults, NO_FAULTS } from './audit.js';
import { statesAfterKill } from './database.js';
import type { ChaosFolder } from './folder.js';
import type { PartOptions, PartResult } from './part.js';

/** When a kill comes: between the first imports and some trials. */
const SHORTEST_LIFE_MS = 300;
const LONGEST_LIFE_MS = 1200;
/** So many calls of a sweep are killed, where kills are random. */
const KILLED_CALLS = 4;
const MOST_CALLS = 60;
/** Runs at the same time: most of a run is waiting. */
const AT_ONCE = 3;

/** Who may be killed at random. */
export const RANDOM = ['everything', 'trainer', 'supervisor', 'orchestrator'] as const;
type Who = (typeof RANDOM)[number];

/** Who is killed. `moment`: the orchestrator, just after the moment of this number. */
type Kill = { readonly who: Who } | { readonly who: 'moment'; readonly number: number };

/** A sweep, and what must be so after kills. */
export type KilledSweep = {
  readonly name: string;
  /** Whether it must end exactly as when nobody kills it. */
  readonly isExact: boolean;
  makeFolder(): ChaosFolder;
  /** Whether a moment, as preload.mjs notes it, is one at which something begins that a kill might lose or double. */
  isBeginning(moment: string): boolean;
  /** Returns what must not depend on kills, a line for each trial. */
  outcome(folder: ChaosFolder): readonly string[];
  /** `repeats`: trainers were killed, so that steps may be trained again. */
  audit(folder: ChaosFolder, allowed: { readonly repeats: boolean }): Faults;
  /** Returns what is wrong between two calls. */
  auditAfterKill(folder: ChaosFolder): Faults;
};

/** How often each sweep is killed: at so many moments, and so often at random for each of who may be. */
export type Killing = { readonly moments: number; readonly random: number; readonly who: readonly Who[] };

/** Runs each sweep undisturbed, then once for each kill, and resumes it to its end. */
export async function killSweeps(
  sweeps: readonly KilledSweep[],
  { moments, random, who }: Killing,
  { seed, say }: PartOptions,
): Promise<PartResult> {
  const total = { sweeps: 0, kills: 0, promotions: 0 };
  let faults: Faults = NO_FAULTS;
  const left: (() => Promise<void>)[] = [];
  for (const sweep of sweeps) {
    const whole = await undisturbed(sweep);
    faults = joinFaults(faults, whole.faults);
    total.promotions += whole.moments.length;
    const kills: readonly Kill[] = [
      ...sample(whole.moments, moments, makeRng(seed, 'kills', sweep.name)).map((number) => ({
        who: 'moment' as const,
        number,
      })),
      ...Array.from({ length: random }, () => who.map((each) => ({ who: each }))).flat(),
    ];
    for (const [k, kill] of kills.entries())
      left.push(async () => {
        const rng = makeRng(seed, 'kills', sweep.name, k);
        const ran = await underKills(sweep, kill, { rng, expected: sweep.isExact ? whole.outcome : null });
        faults = joinFaults(faults, ran.faults);
        total.sweeps++;
        total.kills += ran.kills;
        if (total.sweeps % 10 === 0) say(`${total.sweeps} sweeps, ${total.kills} kills`);
      });
  }
  const worker = async () => {
    for (let run = left.shift(); run; run = left.shift()) await run();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { figures: total, faults };
}

async function undisturbed(sweep: KilledSweep) {
  const folder = sweep.makeFolder();
  try {
    const { code, stdout, stderr } = await folder.start(['optimize'], preload(folder, {})).ended;
    if (code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    return {
      outcome: sweep.outcome(folder),
      moments: momentsIn(folder.read('points').split('\n').filter(Boolean), sweep),
      faults: named(sweep, 'undisturbed', sweep.audit(folder, { repeats: false })),
    };
  } finally {
    folder.remove();
  }
}

/** Returns the moments from the commit before each beginning to the start of the next supervisor. */
function momentsIn(points: readonly string[], sweep: KilledSweep): readonly number[] {
  const found = points.flatMap((point, k) => {
    if (!sweep.isBeginning(point)) return [];
    const spawned = points.findIndex((each, at) => at > k && / spawn /.test(each));
    return Array.from({ length: spawned - k + 4 }, (_, j) => k - 2 + j);
  });
  if (found.length === 0) throw new Error(`${sweep.name}: no moment was seen`);
  return [...new Set(found)].map((k) => k + 1);
}

async function underKills(
  sweep: KilledSweep,
  kill: Kill,
  { rng, expected }: { readonly rng: Rng; readonly expected: readonly string[] | null },
): Promise<{ readonly kills: number; readonly faults: Faults }> {
  const folder = sweep.makeFolder();
  try {
    let kills = 0;
    let faults: Faults = NO_FAULTS;
    for (let call = 0; call < MOST_CALLS; call++) {
      const isKilled = call < (kill.who === 'moment' ? 1 : KILLED_CALLS);
      const env: Readonly<Record<string, string>> =
        kill.who === 'moment' && isKilled ? { HPO_KILL_AT: `${kill.number}:after` } : {};
      const { child, ended } = folder.start(['optimize'], preload(folder, env));
      if (isKilled && kill.who !== 'moment') {
        const lifeMs = SHORTEST_LIFE_MS + rng.float() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS);
        await Promise.race([sleep(lifeMs), ended]);
        kills += strike(folder, kill.who, child.pid ?? 0);
      }
      const { code, stdout, stderr } = await ended;
      if (code === 0 && (!isKilled || isOver(folder))) break;
      if (code !== null && code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
      if (kill.who === 'moment') kills++;
      if (code === null) faults = joinFaults(faults, sweep.auditAfterKill(folder));
    }
    const repeats = kill.who !== 'moment' && kill.who !== 'orchestrator';
    const outcome = sweep.outcome(folder);
    const mismatches = expected === null ? [] : differences(outcome, expected);
    const all = joinFaults(faults, sweep.audit(folder, { repeats }), { ...NO_FAULTS, mismatches });
    return { kills, faults: named(sweep, JSON.stringify(kill), all) };
  } finally {
    folder.remove();
  }
}

function differences(outcome: readonly string[], expected: readonly string[]): readonly string[] {
  const lines = Math.max(outcome.length, expected.length);
  return Array.from({ length: lines }, (_, k) => [outcome[k] ?? 'nothing', expected[k] ?? 'nothing'] as const)
    .filter(([got, wanted]) => got !== wanted)
    .map(([got, wanted]) => `it ended as ${got}, and undisturbed as ${wanted}`);
}

function named({ name }: KilledSweep, how: string, { lost, doubled, mismatches }: Faults): Faults {
  const each = (texts: readonly string[]) => texts.map((text) => `${name}, ${how}: ${text}`);
  return { lost: each(lost), doubled: each(doubled), mismatches: each(mismatches) };
}

/** Kills, and returns how many were killed. */
function strike(folder: ChaosFolder, who: Who, orchestrator: number): number {
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
  return states.length > 0 && states.every((state) => state !== 'RUNNING' && state !== 'WAITING');
}

const sample = <T>(all: readonly T[], count: number, rng: Rng): readonly T[] =>
  Array.from({ length: count }, () => all[rng.int(all.length)] as T);

function preload(folder: ChaosFolder, env: Readonly<Record<string, string>>) {
  return {
    nodeArgs: ['--import', new URL('preload.mjs', import.meta.url).href],
    env: { HPO_POINTS_FILE: folder.file('points'), ...env },
  };
}
