import type { Params, ParamValue } from '../core/distribution.js';
import { encodingOf } from '../core/encoding/encoding.js';
import type { Space } from '../core/space.js';
import { isFinished } from '../core/trial.js';
import type { ResultsModel } from './results-model.js';

/** A finished trial beside another one. */
export type SimilarTrial = {
  readonly trial: number;
  /** The mean over the parameters of how much they differ, in shares of the range: 0 for the same ones, 1 at most. */
  readonly distance: number;
  /** Its own values of the parameters that differ; null for one that it does not have. */
  readonly differing: Readonly<Record<string, ParamValue>>;
};

/** Returns the finished trials whose parameters are most like those of a trial, the most similar first. */
export function similarTrials(
  { study, table }: Pick<ResultsModel, 'study' | 'table'>,
  trial: number,
  most: number,
): readonly SimilarTrial[] {
  const own = table.paramsOf(trial).params;
  const found: SimilarTrial[] = [];
  for (let other = 0; other < table.length; other++) {
    const state = table.stateOf(other);
    if (other === trial || state === null || !isFinished(state)) continue;
    const { params } = table.paramsOf(other);
    found.push({ trial: other, ...difference(study.space, own, params) });
  }
  return found.sort((a, b) => a.distance - b.distance || a.trial - b.trial).slice(0, most);
}

function difference(space: Space, own: Params, other: Params): Omit<SimilarTrial, 'trial'> {
  const { axes } = encodingOf(space);
  const differing: Record<string, ParamValue> = {};
  let sum = 0;
  for (const { name, kind, encode } of axes) {
    const [a, b] = [own[name], other[name]];
    if (a === b) continue;
    differing[name] = b ?? null;
    const [from, to] = a === undefined || b === undefined ? [null, null] : [encode(a), encode(b)];
    sum += kind === 'choice' || from === null || to === null ? 1 : Math.abs(from - to);
  }
  return { distance: sum / Math.max(1, axes.length), differing };
}
