import { contains } from '../../core/distribution.js';
import type { Prior } from '../../core/prior.js';
import { densityOf, shapeOf } from '../../core/prior-density.js';
import type { ParamSpec } from '../../core/space.js';
import type { ConfigView } from '../../core/study-view.js';

/** Fewer configurations than this since a prior was given say nothing of it. */
const LEAST = 6;
/** The best of them that count: this share, within these bounds. */
const BEST = { share: 0.1, least: 2, most: 10 };

/**
 * Returns how far the results agree with a prior, from 0 to 1: where the best configurations since it was given are less likely by
 * the prior than by a uniform draw, it is that much wrong. `ranked`: configurations with a result, the best first.
 */
export function trustIn({ name, distribution: d, prior }: ParamSpec, ranked: readonly ConfigView[]): number {
  const shape = prior ? shapeOf(d, prior) : null;
  if (!prior || shape === null) return 1;
  const known = since(ranked, prior);
  if (known.length < LEAST) return 1;
  const count = Math.min(BEST.most, Math.max(BEST.least, Math.ceil(BEST.share * known.length)));
  let sum = 0;
  let counted = 0;
  for (const { params } of known) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined || !contains(d, value)) continue;
    sum += Math.log(densityOf(d, shape, value));
    if (++counted === count) break;
  }
  return counted === 0 ? 1 : Math.min(1, Math.exp(sum / counted));
}

function since(ranked: readonly ConfigView[], { since: first }: Prior): readonly ConfigView[] {
  return first === 0 ? ranked : ranked.filter(({ index }) => index >= first);
}
