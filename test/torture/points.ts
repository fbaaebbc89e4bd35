import { makeRng } from '../../src/core/rng.js';
import { auditAfterKill, auditSweep, type Faults, joinFaults } from './audit.js';
import type { TortureFolder } from './folder.js';
import type { PartOptions, PartResult } from './part.js';
import { makeTortureSweep } from './sweep.js';

/** One of them fails and one is pruned, so that signals are among the moments. */
const TRIALS = 6;
const SLOTS = 2;
const PAUSE_S = 0.02;
const SHORT_SAMPLE = 12;
/** Runs at once: most of a run is waiting. */
const AT_ONCE = 3;

type Kill = { readonly point: number; readonly side: 'before' | 'after' };

/**
 * One sweep killed just before and one just after each commit, spawn, rename, creation of a file or folder and signal,
 * and each gone on with to its end. A first, whole run counts them.
 */
export async function torturedAtPoints({ seed, short, say }: PartOptions): Promise<PartResult> {
  const { points, kinds, faults: wholeFaults } = await countPoints();
  const every = points.flatMap((_, k): Kill[] => [
    { point: k + 1, side: 'before' },
    { point: k + 1, side: 'after' },
  ]);
  const kills = short ? sample(every, SHORT_SAMPLE, seed) : every;
  let faults = wholeFaults;
  let done = 0;
  let killed = 0;
  const left = [...kills];
  const worker = async () => {
    for (let kill = left.shift(); kill; kill = left.shift()) {
      const run = await killedAt(kill);
      faults = joinFaults(faults, run.faults);
      if (run.killed) killed++;
      if (++done % 20 === 0) say(`points: ${done} of ${kills.length} runs`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { figures: { points: points.length, ...kinds, runs: kills.length, kills: killed }, faults };
}

function sample(kills: readonly Kill[], count: number, seed: number): Kill[] {
  const rng = makeRng(seed, 'points');
  return Array.from({ length: count }, () => kills[rng.int(kills.length)] as Kill);
}

async function countPoints() {
  return await inSweep(async (folder) => {
    const { code, stdout, stderr } = await folder.start(['optimize'], preload(folder, {})).ended;
    if (code !== 0) throw new Error(`optimize exited ${code}:\n${stdout}\n${stderr}`);
    const points = folder.read('points').split('\n').filter(Boolean);
    const count = (pattern: RegExp) => points.filter((point) => pattern.test(point)).length;
    const kinds = {
      transactions: count(/^\d+ COMMIT/),
      spawns: count(/^\d+ spawn/),
      signals: count(/^\d+ kill/),
      files: count(/^\d+ (open|mkdir|rename|writeFile|appendFile|rm|unlink)/),
    };
    if (Object.values(kinds).includes(0))
      throw new Error(`a kind of moment is never seen: ${JSON.stringify(kinds)}`);
    return { points, kinds, faults: await auditSweep(folder, TRIALS) };
  });
}

/** The order of moments may differ from run to run by a few, so the last ones may not be reached. */
async function killedAt({ point, side }: Kill): Promise<{ killed: boolean; faults: Faults }> {
  return await inSweep(async (folder) => {
    const { code } = await folder.start(['optimize'], preload(folder, { HPO_KILL_AT: `${point}:${side}` }))
      .ended;
    const at =
      folder
        .read('points')
        .split('\n')
        .at(point - 1) ?? 'not reached';
    const after = auditAfterKill(folder);
    await folder.hpo('optimize');
    const faults = joinFaults(after, await auditSweep(folder, TRIALS));
    const named = (texts: readonly string[]) => texts.map((text) => `killed ${side} ${at}: ${text}`);
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

async function inSweep<T>(use: (folder: TortureFolder) => Promise<T>): Promise<T> {
  const folder = makeTortureSweep(TRIALS, SLOTS, PAUSE_S);
  try {
    return await use(folder);
  } finally {
    folder.remove();
  }
}

function preload(folder: TortureFolder, env: Readonly<Record<string, string>>) {
  return {
    nodeArgs: ['--import', new URL('preload.mjs', import.meta.url).href],
    env: { HPO_POINTS_FILE: folder.file('points'), ...env },
  };
}
