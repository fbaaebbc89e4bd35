import type { Encoding } from '../../../core/encoding/encoding.js';
import { makeSfc32 } from '../../../core/fast-rng.js';
import { makeRng } from '../../../core/rng.js';
import type { Space } from '../../../core/space.js';
import type { StudyView } from '../../../core/study-view.js';
import { capped } from '../../transfer/agreement.js';
import type { History } from '../history.js';
import type { Guide } from '../model.js';
import { baseModelOf } from './base-model.js';
import { ensembleOf } from './expectation.js';
import { guidedWish } from './guided-wish.js';
import { rankingWeights } from './ranking.js';

type Where = { readonly encoding: Encoding; readonly view: StudyView; readonly history: History };

/** Returns how earlier studies change the model of this one: their models are an ensemble, weighted by how well each ranks what is known. */
export function guideFrom(space: Space, { encoding, view, history }: Where): Guide | null {
  const { earlier, directions, seed } = view;
  if (earlier === null || earlier.weight === 0) return null;
  const sign = directions[0] === 'maximize' ? -1 : 1;
  const { observed } = history;
  return (fitted, tried) => {
    const models = earlier.studies.map((study) => baseModelOf(space, { encoding, sign }, study));
    const { z } = fitted.warped;
    const predictions = models.map((model) =>
      Float64Array.from(observed, ({ row }) => model?.value(row) ?? 0),
    );
    const own = fitted.posterior.leaveOneOut(z);
    const ranked = observed.flatMap(({ complete }, at) => (complete ? [at] : []));
    const pick = (values: Float64Array) => Float64Array.from(ranked, (at) => values[at] as number);
    const rng = makeSfc32(makeRng(seed, 'transfer', observed.length));
    const weights = capped(rankingWeights(pick(z), predictions.map(pick), pick(own), rng), earlier.weight);
    const expectation = ensembleOf(
      models.flatMap((model, k) => {
        const weight = weights[k] as number;
        return model === null || weight === 0 ? [] : [{ model, weight, at: predictions[k] as Float64Array }];
      }),
      z,
    );
    return { weights, wish: guidedWish(encoding, history, fitted, { expectation, tried }) };
  };
}
