import { makeRng, type Rng } from '../../src/core/rng.js';
import { auditAfterKill, auditSweep, type Faults, joinFaults, NO_FAULTS } from './audit.js';
import type { ChaosFolder } from './folder.js';
import type { PartOptions, PartResult } from './part.js';
import { type ChaosSweep, makeChaosSweep, SAMPLERS } from './sweep.js';

/** One of them fails and one is pruned, so that signals are among the moments. */
const TRIALS = 6;
const SLOTS = 2;
const PAUSE_S = 0.02;
const SHORT_SAMPLE = 3;
/** Runs at the same time: most of a run is waiting. */
const AT_ONCE = 4;

type Sampler = ChaosSweep['sampler'];
type Kill = { readonly sampler: Sampler; readonly point: number; readonly side: 'before' | 'after' };

/**
 * Kills one sweep just before and one just after each commit, spawn, rename, creation of a file or folder and signal, and
 * resumes each to its end. A first, complete run of each sampler counts these moments.
 */
export async function killAtPoints({ seed, short, say }: PartOptions): Promise<PartResult> {
  const total = { points: 0, transactions: 0, spawns: 0, signals: 0, files: 0, runs: 0, kills: 0 };
  let faults: Faults = NO_FAULTS;
  const left: Kill[] = [];
  for (const sampler of SAMPLERS) {
    const counted = await countPoints(sampler);
    faults = joinFaults(faults, counted.faults);
    for (const [kind, count] of Object.entries(counted.kinds)) total[kind as keyof typeof total] += count;
    const sides = ['before', 'after'] as const;
    const kills = Array.from({ length: counted.kinds.points }, (_, k) =>
      sides.map((side): Kill => ({ sampler, point: k + 1, side })),
    ).flat();
    left.push(...(short ? sample(kills, makeRng(seed, 'points', sampler)) : kills));
  }
  const runs = left.length;
  const worker = async () => {
    for (let kill = left.shift(); kill; kill = left.shift()) {
      const run = await killedAt(kill);
      faults = joinFaults(faults, run.faults);
      if (run.killed) total.kills++;
      if (++total.runs % 20 === 0) say(`points: ${total.runs} of ${runs} runs`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { figures: total, faults };
}

function sample(kills: readonly Kill[], rng: Rng): Kill[] {
  return Array.from({ length: SHORT_SAMPLE }, () => kills[rng.int(kills.length)] as Kill);
}

async function countPoints(sampler: Sampler) {
  return await inSweep(sampler, async (folder) => {
    const { code, stdout, stderr } = await folder.start(['optimize'], preload(folder, {})).ended;
    if (code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    const points = folder.read('points').split('\n').filter(Boolean);
    const count = (pattern: RegExp) => points.filter((point) => pattern.test(point)).length;
    const kinds = {
      points: points.length,
      transactions: count(/^\d+ COMMIT/),
      spawns: count(/^\d+ spawn/),
      signals: count(/^\d+ kill/),
      files: count(/^\d+ (open|mkdir|rename|writeFile|appendFile|rm|unlink)/),
    };
    if (Object.values(kinds).includes(0))
      throw new Error(`a kind of moment is never seen: ${JSON.stringify(kinds)}`);
    return { kinds, faults: await auditSweep(folder, TRIALS) };
  });
}

/** The order of moments may differ from run to run by a few, so the last ones may not be reached. */
async function killedAt({ sampler, point, side }: Kill): Promise<{ killed: boolean; faults: Faults }> {
  return await inSweep(sampler, async (folder) => {
    const { code } = await folder.start(['optimize'], preload(folder, { HPO_KILL_AT: `${point}:${side}` }))
      .ended;
    const at = folder.read('points').split('\n')[point - 1] || `${point} (not reached)`;
    const after = auditAfterKill(folder);
    await folder.hpo('optimize');
    const faults = joinFaults(after, await auditSweep(folder, TRIALS));
    const named = (texts: readonly string[]) =>
      texts.map((text) => `${sampler}, killed ${side} ${at}: ${text}`);
    return {
      killed: code === null,
      faults: {
        lost: named(faults.lost),
        doubled: named(faults.doubled),
        mismatches: named(faults.mismatches),
      },
    };
  });
}

async function inSweep<T>(sampler: Sampler, use: (folder: ChaosFolder) => Promise<T>): Promise<T> {
  const folder = makeChaosSweep({ trials: TRIALS, slots: SLOTS, pauseS: PAUSE_S, sampler });
  try {
    return await use(folder);
  } finally {
    folder.remove();
  }
}

function preload(folder: ChaosFolder, env: Readonly<Record<string, string>>) {
  return {
    nodeArgs: ['--import', new URL('preload.mjs', import.meta.url).href],
    env: { HPO_POINTS_FILE: folder.file('points'), ...env },
  };
}
