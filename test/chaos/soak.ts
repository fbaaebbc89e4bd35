import { readdirSync, readFileSync } from 'node:fs';
import { NO_FAULTS } from './audit.js';
import { integrityFaults, statesOf, withCopy } from './database.js';
import { ChaosFolder, here } from './folder.js';
import type { PartOptions, PartResult } from './part.js';

/** The kernel counts a process's time in ticks of 10 ms (USER_HZ is 100 on every Linux that Node runs on). */
const TICK_MS = 10;

type Sample = {
  readonly done: number;
  readonly atMs: number;
  /** Of hpo itself, its trainers apart. */
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly handles: number;
};

/** Caches fill in the first quarter of the run. Memory must be flat after it. */
const SETTLED = 0.25;
const MORE_HANDLES = 10;
const MORE_HEAP = 1.25;
const MORE_TIME = 1.2;
/** Collects garbage on SIGUSR2 and writes down the heap size. */
const PROBE = new URL('../../bench/orchestrator/heap-probe.mjs', import.meta.url).href;

/** Runs a long sweep of the random sampler: memory and file handles must stay flat, and no trial may be slower than the first. */
export async function soak({ short, say }: PartOptions): Promise<PartResult> {
  const { trials, block } = short ? { trials: 120, block: 20 } : { trials: 20_000, block: 1000 };
  const folder = new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'soak',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: { command: ['sh', here('point.sh'), '${overrides}'] },
      sampler: 'random',
      devices: 'cpu',
      max_concurrent: 2,
      parameters: { x: { min: 0, max: 1 }, rate: { min: 1e-5, max: 1, log: true } },
    }),
  });
  try {
    const samples = await sweepWithSamples(folder, trials, block, say);
    const states = withCopy(folder.file('storage/hpo.db'), (database) => ({
      complete: [...statesOf(database).values()].filter((state) => state === 'COMPLETE').length,
      damage: integrityFaults(database),
    }));
    const starts = folder.read('records').split('\n').filter(Boolean).length;
    const lost = states.complete === trials ? [] : [`${states.complete} complete trials, not ${trials}`];
    const doubled = starts === trials ? [] : [`${starts} starts, not ${trials}`];
    const { figures, mismatches } = judge(samples, heapsMiB(folder), trials, block, short);
    return {
      figures,
      faults: { ...NO_FAULTS, lost, doubled, mismatches: [...mismatches, ...states.damage] },
    };
  } finally {
    folder.remove();
  }
}

async function sweepWithSamples(
  folder: ChaosFolder,
  trials: number,
  block: number,
  say: (line: string) => void,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let done = 0;
  let rest = '';
  const onOutput = (chunk: string, pid: number) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!/^trial \d+ COMPLETE/.test(line)) continue;
      // Without the last sample: hpo may already be closing its files.
      if (done < trials - 1 && done % (block / 10) === 0) samples.push(sampleOf(pid, done));
      // The heap is measured only twice: each measurement forces a collection.
      if (done === SETTLED * trials || done === trials - block / 10) process.kill(pid, 'SIGUSR2');
      if (++done % block === 0) say(`soak: ${done} of ${trials} trials`);
    }
  };
  const { code, stdout, stderr } = await folder.start(['optimize', '--trials', String(trials)], {
    onOutput,
    nodeArgs: ['--expose-gc', `--import=${PROBE}`],
    env: { HPO_BENCH_HEAP_FILE: folder.file('heap') },
  }).ended;
  if (code !== 0) throw new Error(`optimize exited ${code}:\n${stdout.slice(-2000)}\n${stderr}`);
  return samples;
}

function sampleOf(pid: number, done: number): Sample {
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const handles = readdirSync(`/proc/${pid}/fd`).length;
  // Fields 14 and 15 of stat, counted after the last parenthesis: time as a user and in the kernel.
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  return { done, atMs: performance.now(), cpuMs, rssMiB: Math.round(Number(rss) / 1024), handles };
}

function heapsMiB(folder: ChaosFolder): number[] {
  return folder
    .read('heap')
    .split('\n')
    .filter(Boolean)
    .map((bytes) => Number((Number(bytes) / 2 ** 20).toFixed(1)));
}

/** Times and memory are checked only in the full form: on a busy machine a short run says nothing about them. */
function judge(
  samples: readonly Sample[],
  heaps: readonly number[],
  trials: number,
  block: number,
  short: boolean,
) {
  const most = (of: readonly Sample[], value: (sample: Sample) => number) => Math.max(...of.map(value));
  const fewestHandles = (of: readonly Sample[]) => Math.min(...of.map(({ handles }) => handles));
  const between = (from: number, to: number) => samples.filter(({ done }) => done >= from && done < to);
  const early = between(0, 2 * SETTLED * trials);
  const late = between((1 - SETTLED) * trials, trials);
  // Other work of the machine shows in the wall time, so this compares CPU time.
  const secondsOf = (from: number, clock: 'atMs' | 'cpuMs') => {
    const inside = between(from, from + block);
    const [first, last] = [inside[0] as Sample, inside.at(-1) as Sample];
    return (((last[clock] - first[clock]) / (last.done - first.done)) * block) / 1000;
  };
  const seconds = (from: number, clock: 'atMs' | 'cpuMs') => Number(secondsOf(from, clock).toFixed(2));
  const figures = {
    trials,
    // The fewest: a leak raises every later sample, and ends that wait on a busy machine raise single ones.
    handlesEarly: fewestHandles(early),
    handlesLate: fewestHandles(late),
    heapEarlyMiB: heaps[0] ?? 0,
    heapLateMiB: heaps.at(-1) ?? 0,
    rssEarlyMiB: most(early, ({ rssMiB }) => rssMiB),
    rssLateMiB: most(late, ({ rssMiB }) => rssMiB),
    firstBlockS: seconds(0, 'atMs'),
    lastBlockS: seconds(trials - block, 'atMs'),
    firstBlockCpuS: seconds(0, 'cpuMs'),
    lastBlockCpuS: seconds(trials - block, 'cpuMs'),
    slowdown: Number((secondsOf(trials - block, 'cpuMs') / secondsOf(0, 'cpuMs')).toFixed(2)),
  };
  const mismatches: string[] = [];
  if (figures.handlesLate > figures.handlesEarly + MORE_HANDLES)
    mismatches.push(`open files grew from ${figures.handlesEarly} to ${figures.handlesLate}`);
  if (heaps.length !== 2) mismatches.push(`the heap was looked at ${heaps.length} times, not twice`);
  // The resident size is only printed: it includes garbage that V8 has not collected.
  if (!short && figures.heapLateMiB > MORE_HEAP * figures.heapEarlyMiB)
    mismatches.push(`the heap grew from ${figures.heapEarlyMiB} to ${figures.heapLateMiB} MiB`);
  if (!short && figures.slowdown > MORE_TIME)
    mismatches.push(`the last ${block} trials took ${figures.slowdown} times as long as the first`);
  return { figures, mismatches };
}
