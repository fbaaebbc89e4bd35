import type { OptionValues } from '../core/component-options.js';
import { mean } from '../core/stats.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import type { Pruner } from './pruner.js';
import { signedRankGreater } from './signed-rank.js';
import { isMaximized, keep, others } from './steps.js';

/**
 * For objectives that are the mean over instances (folds, problems, questions), each reported at its own step:
 * a trial stops when a Wilcoxon signed-rank test over the steps that it shares with the best trial finds it worse,
 * and its mean does not contradict this. After Optuna's WilcoxonPruner.
 *
 * The best trial belongs to the best other configuration with a COMPLETE trial (by its mean); with repeats it is the
 * one at the same position among its configuration's trials, and so with the same seed. A value that is NaN counts as
 * infinitely bad, which a test on ranks accepts.
 */
export function makeWilcoxon(options: OptionValues): Pruner {
  const o = options as { p_threshold: number; startup_steps: number };
  return {
    decide(trial, view) {
      if (trial.steps.size === 0) return keep('nothing reported yet');
      const rival = bestRival(trial, view);
      if (!rival) return keep('no complete trial of another configuration yet');
      const sign = isMaximized(view) ? -1 : 1;
      const own = badness(trial, sign);
      const theirs = badness(rival, sign);
      const differences = [...own].flatMap(([step, value]) => {
        const other = theirs.get(step);
        // Infinity minus infinity: equally bad.
        return other === undefined ? [] : value === other ? 0 : value - other;
      });
      if (differences.length === 0 || differences.length < o.startup_steps)
        return keep(`only ${differences.length} steps in common with the best trial ${rival.number}`);
      const p = signedRankGreater(differences);
      const told = `p = ${p.toPrecision(3)} that it is no worse than the best trial ${rival.number} over ${differences.length} steps`;
      if (!(p < o.p_threshold)) return keep(told);
      // Ranks may say worse where the mean, which is what counts, does not.
      if (mean([...own.values()]) <= mean([...theirs.values()]))
        return keep(`${told}, but its mean is better`);
      return { prune: true, reason: told };
    },
  };
}

function bestRival(trial: TrialView, view: StudyView): TrialView | null {
  const sign = isMaximized(view) ? -1 : 1;
  let found: { score: number; trials: readonly TrialView[] } | null = null;
  for (const config of others(trial, view)) {
    const value = config.values?.[0];
    const trials = config.trials.filter(({ state }) => state === 'complete');
    if (config.state === 'pruned' || trials.length === 0 || value === undefined || Number.isNaN(value))
      continue;
    if (!found || sign * value < found.score) found = { score: sign * value, trials: config.trials };
  }
  if (!found) return null;
  const own = view.configs.find((config) => config.trials.some(({ number }) => number === trial.number));
  const place = own?.trials.findIndex(({ number }) => number === trial.number) ?? 0;
  const twin = found.trials[place];
  return twin?.state === 'complete' ? twin : (found.trials.find((t) => t.state === 'complete') ?? null);
}

/** step -> value, lower is better. */
function badness(trial: TrialView, sign: number): ReadonlyMap<number, number> {
  return new Map(
    [...trial.steps].map(([step, value]) => [
      step,
      Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value,
    ]),
  );
}
