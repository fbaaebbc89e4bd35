import { type Encoding, encodingOf } from '../../core/encoding/encoding.js';
import { isFeasible } from '../../core/metric-constraints.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { predictedView } from '../../curves/predicted-view.js';
import { type History, type Observation, readHistory } from './history.js';
import { buildModel, type Model } from './model.js';
import type { Theta } from './priors.js';
import { storedTheta, thetaFrom } from './stored-theta.js';
import { guideFrom } from './transfer/guide.js';

export type Fitted = { readonly history: History; readonly model: Model };
const memo = new WeakMap<StudyView, { space: Space; fitted: Fitted | null }>();

/**
 * Returns the model of the configurations with a result or a forecast of it; null without any observation. The fit depends on the view alone, so
 * all callers with the same view share one: an ask repeated because its proposal was tried, and the terminators.
 */
export function modelOf(space: Space, view: StudyView): Fitted | null {
  const known = memo.get(view);
  if (known?.space === space) return known.fitted;
  const encoding = encodingOf(space);
  const history = readHistory(predictedView(view, space), encoding);
  // Configurations of another space (its ranges were changed) carry no information here.
  const model =
    history.observed.length > 0
      ? buildModel(
          encoding,
          history,
          recall(view, encoding.axes.length),
          guideFrom(space, { encoding, view, history }),
        )
      : null;
  const fitted = model ? { history, model } : null;
  memo.set(view, { space, fitted });
  return fitted;
}

const ATTR = 'gp:theta';

/** Returns the attributes of a proposal from which the next fit starts. */
export function remember(theta: Theta): ConfigView['attrs'] {
  return { [ATTR]: storedTheta(theta) };
}

/** Returns the hyperparameters that the newest configuration of this sampler was proposed with. */
function recall(view: StudyView, axes: number): Theta | null {
  for (let k = view.configs.length - 1; k >= 0; k--) {
    const theta = thetaFrom(view.configs[k]?.attrs[ATTR], axes);
    if (theta !== null) return theta;
  }
  return null;
}

/** Returns the codes of the best observations, those that keep all metric constraints first: good starts for a search. */
export function bestOf(history: History, encoding: Encoding): Float64Array[] {
  const tier = ({ constraints, complete }: Observation) =>
    (isFeasible(constraints) ? 0 : 2) + (complete ? 0 : 1);
  const ranked = history.observed.map((each) => ({ row: each.row, value: each.value, tier: tier(each) }));
  ranked.sort((a, b) => a.tier - b.tier || a.value - b.value);
  return ranked.slice(0, 4).map(({ row }) => encoding.codes(row));
}
