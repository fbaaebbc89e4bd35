import { type Distribution, nearest, type Params, type ParamValue } from '../../src/core/distribution.js';
import { type Confidence, isProblem, makePrior, type Prior } from '../../src/core/prior.js';
import { placeOf } from '../../src/core/prior-density.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { makeSpace, type Space } from '../../src/core/space.js';

/** What a user expects of a problem: nothing, or priors that are more or less right. */
export const EXPECTATIONS = ['none', 'good', 'vague', 'wrong'] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

type Rule = {
  /** Distance of the prior from the optimum, as a share of the range: fixed, and the standard deviation of what is added. */
  readonly shift: number;
  readonly deviation: number;
  readonly confidence: Confidence;
  /** Weight of the expected choice, where the others have 1. */
  readonly weight: number;
};

const RULES: Readonly<Record<Exclude<Expectation, 'none'>, Rule>> = {
  good: { shift: 0, deviation: 0.05, confidence: 'high', weight: 4 },
  vague: { shift: 0, deviation: 0.15, confidence: 'low', weight: 1.5 },
  wrong: { shift: 0.5, deviation: 0.05, confidence: 'high', weight: 4 },
};

/** Returns the space with priors about its optimum; other ones for each seed. */
export function expecting(space: Space, optimum: Params, expectation: Expectation, seed: number): Space {
  if (expectation === 'none') return space;
  const rule = RULES[expectation];
  const rng = makeRng(seed, 'prior', expectation);
  const params = space.params.map((spec) => {
    const best = optimum[spec.name];
    // A parameter that the optimum does not have: nobody knows a good value.
    if (best === undefined) return spec;
    return { ...spec, prior: priorAt(spec.distribution, best, rule, rng) };
  });
  return makeSpace(params, space.constraints);
}

function priorAt(d: Distribution, best: ParamValue, rule: Rule, rng: Rng): Prior {
  const at =
    d.kind === 'categorical' ? weights(d.choices, best, rule) : valueNear(d, best as number, rule, rng);
  const made = makePrior(d, at, rule.confidence);
  if (isProblem(made)) throw new Error(made.message);
  return made;
}

function weights(choices: readonly ParamValue[], best: ParamValue, { shift, weight }: Rule): number[] {
  const right = choices.indexOf(best);
  const expected = shift === 0 ? right : (right + 1) % choices.length;
  return choices.map((_, k) => (k === expected ? weight : 1));
}

function valueNear(
  d: Exclude<Distribution, { kind: 'categorical' }>,
  best: number,
  { shift, deviation }: Rule,
  rng: Rng,
): number {
  const place = (placeOf(d, best) + shift) % 1;
  const near = Math.min(1, Math.max(0, place + deviation * rng.normal()));
  if (!d.log) return nearest(d, d.low + near * (d.high - d.low));
  return nearest(d, Math.exp(Math.log(d.low) + near * Math.log(d.high / d.low)));
}
