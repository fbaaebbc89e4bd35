import type { BenchOptions } from '../bench.js';
import { median } from '../stats.js';
import type { SpeedPart } from './part.js';
import { runFresh } from './run-fresh.js';

/** Limits of the mean of an ask: over the first fifth of the trials, and over the last. */
const AIM_MS = { first: 5, last: 20 };
const ROUNDS = 5;

/** Times the asks of gp, each run in a process of its own: what ran before would have compiled a part of it. */
export async function timeGpAsks({ quick, say }: BenchOptions): Promise<SpeedPart> {
  const fifth = quick ? 20 : 100;
  const gpAsksMs: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    say(`gp, one ask, run ${round + 1} of ${ROUNDS}`);
    gpAsksMs.push((await runFresh('./fresh-asks.ts', ['gp', String(5 * fifth)])) as number[]);
  }
  const first = gpAsksMs.map((asks) => asks.slice(0, fifth));
  const last = gpAsksMs.map((asks) => asks.slice(-fifth));
  return {
    section: {
      title: 'One ask of gp',
      text: `Trials of 10 floats, in memory; the wall time of each ask. Medians of ${ROUNDS} runs, each in a new process, with the built library, without the start of the process, compilation included. Optuna's GPSampler takes 60 to 80 ms over the first 100 (measured elsewhere).`,
      header: ['trials', 'mean ms', 'median ms', 'longest ms', 'aim of the mean'],
      rows: [
        [`1 to ${fifth}`, ...spreadOf(first), String(AIM_MS.first)],
        [`${4 * fifth + 1} to ${5 * fifth}`, ...spreadOf(last), String(AIM_MS.last)],
      ],
    },
    figures: { gpAsksMs },
  };
}

/** Mean, median and maximum of a run, each the median over the runs. */
function spreadOf(runs: readonly (readonly number[])[]): string[] {
  const mean = (times: readonly number[]) => times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const longest = (times: readonly number[]) => Math.max(...times);
  return [mean, median, longest].map((of) => median(runs.map(of)).toFixed(1));
}
