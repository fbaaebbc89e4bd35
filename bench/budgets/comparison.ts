import { signedRankGreater } from '../../src/pruners/signed-rank.js';
import { median, quantile } from '../stats.js';

/** What a search reached after each epoch spent, for each seed; null where a seed has not been measured. */
export type Runs = readonly (readonly number[] | null)[];

/** Stands for no full training yet: worse than any loss, and a finite difference from another. */
const NONE_YET = 1e6;

/** Returns the values after an epoch, of the seeds that were measured. */
export function valuesAt(runs: Runs, epoch: number): number[] {
  return runs.flatMap((best) => (best === null ? [] : [best[epoch - 1] ?? Number.POSITIVE_INFINITY]));
}

/** Returns the runs of two searches with the seeds that both were measured with. */
export function common(a: Runs, b: Runs): readonly [Runs, Runs] {
  const both = (_: unknown, k: number) => Boolean(a[k]) && Boolean(b[k]);
  return [a.filter(both), b.filter(both)];
}

export type Summary = { readonly median: number; readonly low: number; readonly high: number };

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

export type Difference = {
  /** One-sided: how likely so many higher losses are by chance. */
  readonly worse: number;
  /** One-sided: how likely so many lower losses are by chance. */
  readonly better: number;
};

/** Returns the signed-rank test of two searches after an epoch, paired by seed: the same instance of the family. */
export function compare(ours: Runs, theirs: Runs, epoch: number): Difference {
  const differences = ours.flatMap((run, k) => {
    const other = theirs[k];
    if (!run || !other) return [];
    const value = (best: readonly number[]) => Math.min(NONE_YET, best[epoch - 1] ?? NONE_YET);
    return [value(run) - value(other)];
  });
  return {
    worse: signedRankGreater(differences),
    better: signedRankGreater(differences.map((d) => -d)),
  };
}

/** Returns the verdict of a two-sided test at 5 %. */
export function verdictOf({ worse, better }: Difference): 'worse' | 'better' | 'same' {
  if (worse < 0.025) return 'worse';
  return better < 0.025 ? 'better' : 'same';
}

/** Returns the first epoch at which the median over the seeds is at or below a loss; infinite when none is. */
export function epochsTo(runs: Runs, loss: number, epochs: number): number {
  for (let epoch = 1; epoch <= epochs; epoch++) if (median(valuesAt(runs, epoch)) <= loss) return epoch;
  return Number.POSITIVE_INFINITY;
}
