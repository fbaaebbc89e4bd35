import type { EarlierStudy } from '../../../core/earlier-studies.js';
import type { Encoding } from '../../../core/encoding/encoding.js';
import { outlierLimit } from '../../../core/outliers.js';
import type { Space } from '../../../core/space.js';
import { scoreOf } from '../../trial-ranking.js';
import { type Observation, tame } from '../history.js';
import { fitObjective } from '../model.js';
import type { Posterior } from '../posterior.js';
import { type Column, earlierRows, placed } from './earlier-rows.js';

/** What an earlier study expects at rows of this one, on a scale of its own. */
export type BaseModel = {
  value(row: Float64Array): number;
  /** Returns the value; adds its derivatives by the number columns, times `factor`, to `gradient`. */
  differentiate(row: Float64Array, factor: number, gradient: Float64Array): number;
};

/** With fewer results a model says nothing. */
const LEAST = 4;

type Key = { readonly encoding: Encoding; readonly sign: number };
const memo = new WeakMap<EarlierStudy, Key & { readonly model: BaseModel | null }>();

/** Returns the model of an earlier study; null where it has too few results. `sign`: -1 where a greater value is better. */
export function baseModelOf(space: Space, { encoding, sign }: Key, study: EarlierStudy): BaseModel | null {
  const known = memo.get(study);
  if (known?.encoding === encoding && known.sign === sign) return known.model;
  const model = makeBaseModel(space, { encoding, sign }, study);
  memo.set(study, { encoding, sign, model });
  return model;
}

function makeBaseModel(space: Space, { encoding, sign }: Key, study: EarlierStudy): BaseModel | null {
  const { rows, values, columns } = earlierRows(space, encoding, study);
  const losses = values.map((value) => scoreOf(value, sign));
  const limit = outlierLimit(losses);
  const observed = rows.flatMap((row, k): Observation[] => {
    const value = losses[k] as number;
    if (value > limit) return [];
    return [{ row, value, n: 1, std: null, error: 0, constraints: [], complete: true }];
  });
  if (observed.length < LEAST) return null;
  const fitted = fitObjective(encoding, tame(observed), null, { known: observed.length });
  return meanOf(fitted.posterior, encoding.numbers, columns);
}

function meanOf(posterior: Posterior, numbers: number, columns: readonly Column[]): BaseModel {
  const byMean = new Float64Array(numbers);
  return {
    value: (row) => posterior.mean(placed(row, columns)),
    differentiate(row, factor, gradient) {
      const value = posterior.slope(placed(row, columns), byMean);
      for (let c = 0; c < numbers; c++) {
        const { known, scale } = columns[c] as Column;
        if (known) gradient[c] = (gradient[c] as number) + factor * scale * (byMean[c] as number);
      }
      return value;
    },
  };
}
