import type { Distribution, Params, ParamValue } from '../../src/core/distribution.js';
import { nearest } from '../../src/core/distribution.js';
import { placeOf } from '../../src/core/prior-density.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import type { Problem } from '../search/problems.js';

/** What earlier studies have to do with a problem: there are none, or they searched something more or less like it. */
export const RELATIONS = ['none', 'related', 'vague', 'unrelated', 'contrary'] as const;
export type Relation = (typeof RELATIONS)[number];

/** How far the optimum of an earlier problem lies beside this one's, as a share of each range. */
const SHIFTS = { related: 0.05, vague: 0.2, contrary: 0.5 } as const;

/** Returns the problem of an earlier study; another one for each seed. Its values have other units. */
export function relativeOf(problem: Problem, relation: Exclude<Relation, 'none'>, seed: number): Problem {
  const rng = makeRng(seed, 'relative', relation, problem.name);
  const factor = Math.exp(3 * rng.normal());
  const offset = 100 * rng.normal();
  const scaled = (value: (params: Params) => number) => ({
    ...problem,
    value: (params: Params) => offset + factor * value(params),
    noise: factor * problem.noise,
  });
  if (relation === 'unrelated') return scaled(bumps(problem, rng));
  const shifts = new Map(
    problem.space.params.map(({ name }) => {
      const size = SHIFTS[relation];
      return [
        name,
        relation === 'contrary' ? size : size * (rng.float() < 0.5 ? -1 : 1) * (0.5 + rng.float()),
      ];
    }),
  );
  const swapped = relation === 'related' ? new Set<string>() : namesOfSwapped(problem, relation, rng);
  return scaled((params) =>
    problem.value(
      Object.fromEntries(
        problem.space.params.flatMap(({ name, distribution }) => {
          if (!Object.hasOwn(params, name)) return [];
          const value = params[name] as ParamValue;
          return [[name, moved(distribution, value, shifts.get(name) as number, swapped.has(name))]];
        }),
      ),
    ),
  );
}

/** Choices mean something else in some of the parameters of a vague relative, and in all of a contrary one. */
function namesOfSwapped({ space }: Problem, relation: Relation, rng: Rng): ReadonlySet<string> {
  const names = space.params
    .filter(({ distribution: d }) => d.kind === 'categorical')
    .map(({ name }) => name);
  return new Set(names.filter(() => relation === 'contrary' || rng.float() < 0.3));
}

function moved(d: Distribution, value: ParamValue, shift: number, isSwapped: boolean): ParamValue {
  if (d.kind === 'categorical') {
    const at = d.choices.indexOf(value);
    return isSwapped ? (d.choices[(at + 1) % d.choices.length] as ParamValue) : value;
  }
  // Beyond an end it comes back from there, so that the problem stays continuous.
  const place = placeOf(d, value as number) + shift;
  const inside = 1 - Math.abs(1 - Math.abs(place));
  if (!d.log) return nearest(d, d.low + inside * (d.high - d.low));
  return nearest(d, Math.exp(Math.log(d.low) + inside * Math.log(d.high / d.low)));
}

/** Returns a smooth function of all parameters that has nothing to do with the problem. */
function bumps({ space }: Problem, rng: Rng): (params: Params) => number {
  const all = Array.from({ length: 12 }, () => ({
    height: rng.normal(),
    center: new Map(space.params.map(({ name }) => [name, rng.float()])),
    liked: new Map(
      space.params.map(({ name, distribution: d }) => [
        name,
        d.kind === 'categorical' ? rng.int(d.choices.length) : 0,
      ]),
    ),
  }));
  const width = 0.3 * Math.sqrt(space.params.length);
  return (params) =>
    all.reduce((sum, { height, center, liked }) => {
      let squares = 0;
      for (const { name, distribution: d } of space.params) {
        if (!Object.hasOwn(params, name)) continue;
        const value = params[name] as ParamValue;
        const off =
          d.kind === 'categorical'
            ? d.choices.indexOf(value) === liked.get(name)
              ? 0
              : 0.5
            : placeOf(d, value as number) - (center.get(name) as number);
        squares += off * off;
      }
      return sum + height * Math.exp(-squares / (2 * width * width));
    }, 0);
}
