import { descend } from '../../core/numeric/descend.js';
import { type Data, negativeLogPosterior } from './log-posterior.js';
import { type Beliefs, priorsOf, type Theta } from './priors.js';
import { Room } from './room.js';
import { TRAITS } from './trend.js';

/** Evaluations of the density, from the prior's mean (`cold`) and from the end of the previous fit (`warm`). */
export const EVALUATIONS = { cold: 40, warm: 10 };

/** Up to `always` known values, every proposal fits; then every second, and beyond `often` every fourth. */
export const FITS = { always: 40, often: 150 };

/** Whether the last fit is used again: one more among many observations changes little. */
function isFitSkipped(known: number): boolean {
  if (known <= FITS.always) return false;
  return known % (known <= FITS.often ? 2 : 4) !== 0;
}

/** Arrays of more numbers than these are not kept for the next fit. */
const KEPT = 2_000_000;
let room = new Room();

/**
 * Returns the hyperparameters with the greatest posterior density that a local search finds. `known`: the number of values,
 * also of those that the data leave out.
 */
export function estimate(
  data: Data,
  remembered: Theta | null,
  { known, ...beliefs }: Beliefs & { readonly known: number },
): Theta {
  if (remembered && isFitSkipped(known)) return remembered;
  const priors = priorsOf(data.axes, beliefs, data.n / (TRAITS * data.numbers));
  const objective = negativeLogPosterior(data, priors, room);
  const found = descend(objective, remembered ?? priors.mean, priors, {
    evaluations: remembered ? EVALUATIONS.warm : EVALUATIONS.cold,
    tolerance: 3e-3,
    stride: 1,
  });
  if (room.size > KEPT) room = new Room();
  return found.x;
}
