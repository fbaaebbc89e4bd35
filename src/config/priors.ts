import type { Distribution } from '../core/distribution.js';
import { isProblem, makePrior, type Prior } from '../core/prior.js';
import type { Diagnostics } from './diagnostics.js';
import type { RawMapping } from './parameter-schema.js';

/** Returns the prior of a parameter; undefined where it has none, or after noting what is wrong with it. */
export function toPrior(
  name: string,
  { prior, confidence }: RawMapping,
  distribution: Distribution,
  mistakes: Diagnostics,
): Prior | undefined {
  if (prior === undefined && confidence === undefined) return undefined;
  const made = makePrior(distribution, prior, confidence);
  if (!isProblem(made)) return made;
  mistakes.add(['parameters', name, made.part], 'bad-prior', made.message, { fix: made.fix });
  return undefined;
}
