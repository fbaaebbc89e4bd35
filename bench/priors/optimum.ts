import type { Params } from '../../src/core/distribution.js';
import { encodingOf } from '../../src/core/encoding/encoding.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import type { Problem } from '../search/problems.js';

const MEMBERS = 80;
const GENERATIONS = 1500;
/** A member moves toward one of so many best. */
const GUIDES = 8;

type Member = { readonly place: readonly number[]; readonly value: number };

/**
 * Returns the best parameters that 120,000 evaluations without noise find, by differential evolution over the parameters' quantiles
 * (Zhang and Sanderson, JADE, IEEE Transactions on Evolutionary Computation 13(5), 2009). It is none of the project's samplers:
 * what they miss, a user may know.
 */
export function optimumOf({ name, space, value }: Problem): Params {
  const rng = makeRng(1, 'optimum', name);
  const encoding = encodingOf(space);
  const paramsAt = (place: readonly number[]) =>
    encoding.point(Float64Array.from(encoding.axes, (axis, k) => axis.quantile(place[k] as number))).params;
  const memberAt = (place: readonly number[]): Member => {
    const found = value(paramsAt(place));
    return { place, value: Number.isNaN(found) ? Number.POSITIVE_INFINITY : found };
  };
  let members = Array.from({ length: MEMBERS }, () => memberAt(encoding.axes.map(() => rng.float())));
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const guides = members.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
    members = members.map((member) => {
      const next = memberAt(moved(member, members, guides.slice(0, GUIDES), rng));
      return next.value <= member.value ? next : member;
    });
  }
  return paramsAt(members.reduce((a, b) => (b.value < a.value ? b : a)).place);
}

/** Returns a place toward a guide, plus a difference of two members; some coordinates stay. */
function moved(
  { place }: Member,
  members: readonly Member[],
  guides: readonly Member[],
  rng: Rng,
): readonly number[] {
  const pick = (from: readonly Member[]) => (from[rng.int(from.length)] as Member).place;
  const [guide, a, b] = [pick(guides), pick(members), pick(members)];
  const size = 0.3 + 0.6 * rng.float();
  const share = rng.float() < 0.5 ? 0.1 : 0.9;
  const sure = rng.int(place.length);
  return place.map((here, k) => {
    if (k !== sure && rng.float() >= share) return here;
    const to = here + size * ((guide[k] as number) - here + (a[k] as number) - (b[k] as number));
    // Halfway to the end that it would leave.
    return to < 0 ? here / 2 : to > 1 ? (here + 1) / 2 : to;
  });
}
