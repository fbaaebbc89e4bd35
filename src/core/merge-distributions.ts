import { type Distribution, float, int } from './distribution.js';
import { HpoError } from './errors.js';

/**
 * Returns the smallest distribution that contains all of these, the ranges of one parameter that changed from trial to trial:
 * from the lowest to the highest bound, with a step only where all have the same lattice. Null when there is none, because they
 * differ in kind, scale or choices, or cannot be searched.
 */
export function mergeRanges(distributions: readonly Distribution[]): Distribution | null {
  const [first, ...rest] = distributions;
  if (!first) return null;
  if (first.kind === 'categorical') return rest.every((each) => sameChoices(first, each)) ? first : null;
  let [low, high] = [first.low, first.high];
  let step = first.step;
  for (const each of rest) {
    if (each.kind !== first.kind || each.log !== first.log) return null;
    if (each.step !== step || !onLattice(each.low - first.low, step)) step = first.kind === 'int' ? 1 : null;
    low = Math.min(low, each.low);
    high = Math.max(high, each.high);
  }
  try {
    return first.kind === 'int'
      ? int(low, high, { log: first.log, step: step ?? 1 })
      : float(low, high, { log: first.log, ...(step !== null && { step }) });
  } catch (error) {
    if (error instanceof HpoError && error.code === 'space.range') return null;
    throw error;
  }
}

function sameChoices(a: Distribution, b: Distribution): boolean {
  return (
    a.kind === 'categorical' &&
    b.kind === 'categorical' &&
    a.choices.length === b.choices.length &&
    a.choices.every((choice, k) => Object.is(choice, b.choices[k]))
  );
}

/** Without a step there is no lattice to miss. */
function onLattice(distance: number, step: number | null): boolean {
  if (step === null) return true;
  return Math.abs(distance / step - Math.round(distance / step)) <= 1e-9;
}
