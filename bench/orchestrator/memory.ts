import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions, Section } from '../bench.js';
import { slope } from '../stats.js';
import { SweepFolder } from './sweep-folder.js';

type Part = { readonly sections: readonly Section[]; readonly figures: unknown };
type Sample = { readonly trials: number; readonly rssMiB: number; readonly elapsedS: number };

const MIB = 2 ** 20;
const PROBE = new URL('heap-probe.mjs', import.meta.url).href;
const TRAINER = 'echo METRIC loss=1\n';
const SWEEP = `objective: {metric: loss, direction: minimize}
trainer: {command: [sh, train.sh, "\${overrides}"]}
sampler: random
parameters: {x: {min: 0, max: 1}, rate: {min: 1e-5, max: 1, log: true}, opt: [sgd, adam]}
devices: cpu
max_concurrent: 2
logging: {local: {metrics: [loss]}}
`;

/** Measures the memory of the hpo process over a long sweep of trainers that print one line. */
export async function benchMemory({ quick, say }: BenchOptions): Promise<Part> {
  const trials = quick ? 300 : 10_000;
  const settled = trials / 5;
  const folder = new SweepFolder({ 'train.sh': TRAINER, 'cfg/sweep.yaml': SWEEP });
  const heapFile = join(folder.path, 'heap.txt');
  const samples: Sample[] = [];
  let done = 0;
  const startedAt = performance.now();
  const elapsedS = () => Number(((performance.now() - startedAt) / 1000).toFixed(1));
  let line = '';
  const hear = (chunk: string, pid: number) => {
    const lines = (line + chunk).split('\n');
    line = lines.pop() ?? '';
    for (const text of lines) {
      if (!/^trial \d+ COMPLETE/.test(text)) continue;
      done++;
      if (done % (trials / 40) === 0 && done < trials)
        samples.push({ trials: done, rssMiB: rssMiB(pid), elapsedS: elapsedS() });
      if (done % (trials / 5) === 0) say(`memory: ${done} of ${trials} trials, ${rssMiB(pid)} MiB`);
      // The heap is measured only twice: a forced collection would improve every other figure.
      if (done === settled || done === trials - settled / 10) process.kill(pid, 'SIGUSR2');
    }
  };
  try {
    const durationMs = await folder.optimize({
      args: ['--trials', String(trials)],
      nodeArgs: ['--expose-gc', `--import=${PROBE}`],
      env: { HPO_BENCH_HEAP_FILE: heapFile },
      onOutput: hear,
    });
    if (done !== trials) throw new Error(`expected ${trials} complete trials, got ${done}`);
    const figures = summarize(trials, settled, samples, heapsMiB(heapFile), durationMs, {
      csvBytes: statSync(join(folder.path, 'cfg', 'runs.csv')).size,
      databaseBytes: statSync(join(folder.path, 'storage', 'hpo.db')).size,
    });
    return { sections: [section(figures)], figures };
  } finally {
    folder.remove();
  }
}

function rssMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}

function heapsMiB(file: string): number[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((bytes) => Number((Number(bytes) / MIB).toFixed(1)));
}

type Sizes = { readonly csvBytes: number; readonly databaseBytes: number };

function summarize(
  trials: number,
  settled: number,
  samples: readonly Sample[],
  heaps: readonly number[],
  durationMs: number,
  sizes: Sizes,
) {
  const late = samples.filter((sample) => sample.trials >= settled);
  const perTrial = slope(late.map(({ trials: x, rssMiB: y }) => ({ x, y })));
  const [early = 0, last = 0] = heaps;
  return {
    trials,
    settledAfter: settled,
    rssGrowthPer1000TrialsMiB: Number((perTrial * 1000).toFixed(2)),
    rssMaxMiB: Math.max(...samples.map((sample) => sample.rssMiB)),
    rss: samples,
    heapAfterGcMiB: [early, last],
    heapGrowthPer1000TrialsMiB: Number(((last - early) / ((trials - 1.1 * settled) / 1000)).toFixed(2)),
    durationS: Number((durationMs / 1000).toFixed(1)),
    perTrialMs: Number((durationMs / trials).toFixed(2)),
    // If the cost grew with the study, these two would differ.
    perTrialEarlyMs: pace(samples, 0, settled),
    perTrialLateMs: pace(samples, trials - settled, trials),
    ...sizes,
  };
}

/** Returns the milliseconds per trial between the first and the last sample in a range of trials. */
function pace(samples: readonly Sample[], from: number, to: number): number {
  const inside = samples.filter(({ trials }) => trials >= from && trials <= to);
  const [first, last] = [inside[0] as Sample, inside.at(-1) as Sample];
  return Number((((last.elapsedS - first.elapsedS) * 1000) / (last.trials - first.trials)).toFixed(2));
}

function section(f: ReturnType<typeof summarize>): Section {
  const at = (trials: number) => f.rss.find((sample) => sample.trials >= trials)?.rssMiB ?? Number.NaN;
  return {
    title: `Memory over ${f.trials} trials`,
    text:
      `Random search, 3 parameters, 2 slots; a trainer prints one METRIC line and exits. RSS of the hpo process from ` +
      `/proc as trials end; its growth is a least-squares line through the samples after the first ${f.settledAfter} trials. ` +
      'The heap is measured after a forced collection, once there and once near the end. Random search ' +
      'uses no results, so hpo keeps nothing of finished trials in memory: the heap is as large as the running trials need, ' +
      'and the growth of RSS is garbage that V8 has not collected yet. A sampler or pruner that learns keeps its ' +
      'history, about 1.4 MiB for 1,000 such trials.',
    header: ['', 'value'],
    rows: [
      [`RSS after ${f.settledAfter} trials`, `${at(f.settledAfter)} MiB`],
      ['RSS at the end', `${f.rss.at(-1)?.rssMiB} MiB`],
      ['maximum RSS', `${f.rssMaxMiB} MiB`],
      ['RSS growth per 1,000 trials', `${f.rssGrowthPer1000TrialsMiB} MiB`],
      ['heap after collection', `${f.heapAfterGcMiB.join(' -> ')} MiB`],
      ['heap growth per 1,000 trials', `${f.heapGrowthPer1000TrialsMiB} MiB`],
      ['duration', `${f.durationS} s (${f.perTrialMs} ms a trial)`],
      ['pace in the first and last fifth', `${f.perTrialEarlyMs}, ${f.perTrialLateMs} ms a trial`],
      ['runs.csv', `${(f.csvBytes / MIB).toFixed(2)} MiB`],
      ['database', `${(f.databaseBytes / MIB).toFixed(2)} MiB`],
    ],
  };
}
