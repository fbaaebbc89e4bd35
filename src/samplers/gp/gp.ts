import type { OptionValues } from '../../core/component-options.js';
import { encodingOf } from '../../core/encoding/encoding.js';
import { LEAST_SHARE } from '../../core/nearness.js';
import { paramsKey, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import { predictedView } from '../../curves/predicted-view.js';
import { drawAnywhere, drawStartup } from '../initial-design.js';
import type { Sampler } from '../sampler.js';
import { isGuided, LEAST_KNOWN, startFrom } from '../transfer/opening.js';
import { modelOf } from './fitted.js';
import { searchForFront } from './front/search.js';
import { countFinished } from './history.js';
import { favoring, likelyCodes, rankedBest } from './likely.js';
import { maximize } from './maximize.js';
import { searchForBest } from './search.js';

/** The boxes of the hypervolume become too many with more objectives than these. */
export const MOST_OBJECTIVES = 3;

/**
 * Bayesian optimization with a Gaussian process: Jones, Schonlau and Welch, Efficient global optimization (1998), with
 * a Matern 5/2 kernel, a length scale for each parameter (Snoek et al., NIPS 2012), a trend (`trend.ts`), hyperparameters at the greatest
 * posterior density, and the logarithm of the expected improvement (Ament et al., NeurIPS 2023); of two or three objectives, that of the expected hypervolume improvement. For more
 * than three it asks `tpe`.
 */
export function makeGp(options: OptionValues, tpe: Sampler): Sampler {
  const { startup_trials: startup } = options as { startup_trials: number };
  return {
    sample(space, view, { index, rng }) {
      const objectives = view.directions.length;
      if (objectives > MOST_OBJECTIVES) return tpe.sample(space, view, { index, rng });
      const encoding = encodingOf(space);
      const finished = countFinished(predictedView(view, space));
      const isEarly = finished < startup;
      const first = isEarly && objectives === 1 ? startFrom(space, view, { index, rng }) : null;
      if (first) return { params: first };
      const started =
        encoding.axes.length > 0 && (!isEarly || isGuidedFrom(space, view, { index, finished }));
      const find = objectives > 1 ? searchForFront : searchForBest;
      const search = started ? find(space, view) : null;
      if (!search) return { params: drawStartup(space, view, { index, count: startup, rng }).params };
      const { held, running, attrs } = search;
      const anchors = [...search.anchors, ...likelyCodes(space, encoding, search.anchors[0])];
      const ranked = rankedBest(space, view);
      const acquisition = favoring(search.acquisition, { space, encoding, index, ranked });
      for (const { codes } of maximize(encoding, acquisition, anchors, rng)) {
        const found = encoding.point(codes);
        if (found.forbidden || held.has(paramsKey(found.given))) continue;
        const row = encoding.rowAt(codes) as Float64Array;
        if (!running.some((other) => isNext(row, other))) return { params: found.params, attrs };
      }
      return { params: drawAnywhere(space, rng).params, attrs };
    },
  };
}

/** Whether earlier studies know enough to begin with the model at once. */
function isGuidedFrom(
  space: Space,
  view: StudyView,
  { index, finished }: { readonly index: number; readonly finished: number },
): boolean {
  if (view.earlier === null || view.directions.length > 1 || finished < LEAST_KNOWN) return false;
  return isGuided(modelOf(space, view)?.model.transferred ?? null, index);
}

/** Whether two rows differ by less than LEAST_SHARE of the range in every column: running both at once adds little. */
function isNext(a: Float64Array, b: Float64Array): boolean {
  return a.every((v, c) => Math.abs(v - (b[c] as number)) < LEAST_SHARE);
}
