import { setTimeout as sleep } from 'node:timers/promises';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { auditAfterKill, auditSweep, type Faults, joinFaults, NO_FAULTS } from './audit.js';
import type { ChaosFolder } from './folder.js';
import type { PartOptions, PartResult } from './part.js';
import { makeChaosSweep, SAMPLERS } from './sweep.js';

const SLOTS = 4;
const PAUSE_S = 0.15;
/** When a call gets its SIGKILL: between its first imports and some of its own trials. */
const LONGEST_LIFE_MS = 1100;
/** A sweep whose every call is killed would never end. No sweep of this size needs so many. */
const MOST_CALLS = 400;

/**
 * Kills the orchestrator with SIGKILL at seeded random moments and runs the same command again, until the sweep ends.
 * Runs as many sweeps as the kills need.
 */
export async function killAtRandom({ seed, short, say }: PartOptions): Promise<PartResult> {
  const { wanted, mostInOne, trials } = short
    ? { wanted: 6, mostInOne: 3, trials: 10 }
    : { wanted: 200, mostInOne: Number.POSITIVE_INFINITY, trials: 60 };
  const total = { kills: 0, sweeps: 0, trials: 0, reattached: 0 };
  let faults: Faults = NO_FAULTS;
  while (total.kills < wanted) {
    const rng = makeRng(seed, 'kill', total.sweeps);
    const sampler = SAMPLERS[total.sweeps % SAMPLERS.length] as (typeof SAMPLERS)[number];
    const folder = makeChaosSweep({ trials, slots: SLOTS, pauseS: PAUSE_S, sampler });
    try {
      const swept = await sweepUnderKills(folder, rng, Math.min(mostInOne, wanted - total.kills));
      faults = joinFaults(faults, swept.faults, await auditSweep(folder, trials));
      total.kills += swept.kills;
      total.reattached += swept.reattached;
      total.sweeps++;
      total.trials += trials;
      say(`kill: ${total.kills} of ${wanted} kills, ${total.sweeps} sweeps, seed ${seed}`);
    } finally {
      folder.remove();
    }
  }
  return { figures: total, faults };
}

/** Kills and restarts until the sweep ends by itself. After `most` kills it may end. */
async function sweepUnderKills(folder: ChaosFolder, rng: Rng, most: number) {
  let kills = 0;
  let reattached = 0;
  let faults: Faults = NO_FAULTS;
  for (let call = 0; call < MOST_CALLS; call++) {
    const { child, ended } = folder.start(['optimize']);
    if (kills < most) {
      await Promise.race([sleep(rng.float() * LONGEST_LIFE_MS), ended]);
      child.kill('SIGKILL');
    }
    const { code, stdout, stderr } = await ended;
    reattached += stdout.match(/ reattached on /g)?.length ?? 0;
    if (code === 0) return { kills, reattached, faults };
    if (code === null) kills++;
    else if (code !== 1 || !stdout.includes('all failed'))
      throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    faults = joinFaults(faults, auditAfterKill(folder));
  }
  throw new Error(`the sweep has not ended after ${MOST_CALLS} calls`);
}
