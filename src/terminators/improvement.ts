import type { OptionValues } from '../core/component-options.js';
import { type Encoding, encodingOf } from '../core/encoding/encoding.js';
import type { Rng } from '../core/rng.js';
import { paramsKey, type Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import { gain, noiseAt } from '../samplers/gp/expected-improvement.js';
import { bestOf, type Fitted, modelOf } from '../samplers/gp/fitted.js';
import { countFinished, type Observation } from '../samplers/gp/history.js';
import { maximize } from '../samplers/gp/maximize.js';
import type { Terminator } from './terminator.js';

/** Both in the objective's units. */
export type Prospect = {
  /** The largest expected improvement over the best configuration that a new one has. */
  readonly improvement: number;
  /** Standard error of a configuration's value. */
  readonly noise: number;
  /** Where the noise is known from. */
  readonly source: 'repeats' | 'model';
};

/**
 * Stops when the largest expected improvement is below `margin` times the noise of a configuration's value: what is
 * left to gain could then not be distinguished from luck. The rule is that of Makarova et al. (Automatic termination for
 * hyperparameter optimization, AutoML 2022), with the expected improvement of Nguyen et al. (Regret for expected
 * improvement over the best-observed value and stopping condition, ACML 2017) instead of their bound of the regret.
 */
export function makeImprovement(options: OptionValues): Terminator {
  const o = options as { margin: number; min_trials: number };
  return {
    decide(space, view, { rng }) {
      const found = prospect(space, view, rng, o.min_trials);
      if (typeof found === 'string') return { stop: false, reason: found, gain: null };
      const { improvement, noise, source } = found;
      const limit = o.margin * noise;
      const stop = improvement < limit;
      const gainText = `the largest expected improvement is ${short(improvement)}`;
      const noiseText = `the noise that the ${source === 'repeats' ? 'repeats show' : 'model learned'} is ${short(noise)}`;
      const verdict = stop ? 'below' : 'not below';
      const reason = `${gainText}, ${verdict} ${short(o.margin)} times the noise: ${noiseText}`;
      return { stop, reason, gain: { improvement, limit } };
    },
  };
}

/** Returns what a search can still gain, or why that is unknown. `minTrials` 0: 20, or twice the parameters if more. */
export function prospect(space: Space, view: StudyView, rng: Rng, minTrials = 0): Prospect | string {
  if (view.directions.length > 1) return 'several objectives have no one improvement';
  const encoding = encodingOf(space);
  const parameters = encoding.axes.length;
  if (parameters === 0) return 'the space has a single point';
  const needed = minTrials > 0 ? minTrials : Math.max(20, 2 * parameters);
  const finished = countFinished(view);
  if (finished < needed) return `${finished} finished configurations, ${needed} are needed`;
  const fitted = modelOf(space, view);
  if (!fitted) return 'no finished configuration lies in the space';
  const { wish, scale } = fitted.model;
  if (!Number.isFinite(scale.unit)) return 'all values are equal, which tells nothing of what others are';
  if (!wish) return 'nothing feasible was found yet';
  const improvement = largestGain(encoding, fitted, rng);
  if (improvement === null) return 'no new configuration was found';
  const { observed } = fitted.history;
  const scatter = scatterOfRepeats(observed);
  const noise = (scatter ?? noiseAt(scale, wish.limit)) / Math.sqrt(repeatsOf(observed));
  if (!Number.isFinite(improvement) || !Number.isFinite(noise)) return 'the values are too large to compare';
  return { improvement, noise, source: scatter === null ? 'model' : 'repeats' };
}

/** Returns the gain over the points that gp considers for its next proposal; null when all of them are tried. */
function largestGain(encoding: Encoding, { history, model }: Fitted, rng: Rng): number | null {
  const { wish, scale, feasibility, acquisition } = model;
  if (!wish) return null;
  let largest: number | null = null;
  for (const { codes } of maximize(encoding, acquisition, bestOf(history, encoding), rng)) {
    const row = encoding.rowAt(codes);
    if (!row) continue;
    const feasible = Math.exp(feasibility.value(row, Number.NEGATIVE_INFINITY));
    const here = feasible * gain(scale, wish.posterior.predict(row), wish.limit);
    if (Number.isNaN(here) || (largest !== null && here <= largest)) continue;
    // Last, since it takes the longest.
    if (!history.held.has(paramsKey(encoding.point(codes).given))) largest = here;
  }
  return largest;
}

/** Returns the pooled standard deviation of repeats over the better half: diverged trainings scatter without meaning. */
function scatterOfRepeats(observed: readonly Observation[]): number | null {
  const repeated = observed.filter(({ n, std }) => n > 1 && std !== null && Number.isFinite(std));
  if (repeated.length === 0) return null;
  const better = repeated
    .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
    .slice(0, Math.ceil(repeated.length / 2));
  let squares = 0;
  let freedom = 0;
  for (const { n, std } of better) {
    squares += (n - 1) * (std as number) * (std as number);
    freedom += n - 1;
  }
  return Math.sqrt(squares / freedom);
}

/** Returns how many trials a configuration's value is the mean of, once all of them are complete. */
function repeatsOf(observed: readonly Observation[]): number {
  return observed.reduce((most, { n }) => Math.max(most, n), 1);
}

const short = (value: number) => String(Number(value.toPrecision(3)));
