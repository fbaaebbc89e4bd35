import type { Distribution } from './distribution.js';
import { shownValue } from './shown-value.js';

/** How near to a prior the best value is expected. */
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/**
 * Where a user expects the best value of a parameter. Samplers look there first; results count more with every
 * configuration. It is stored with the study's space, and is no part of the distribution: Optuna knows none.
 */
export type Prior = {
  /** A number of a range, or a weight for each choice in the order of the choices. */
  readonly at: number | readonly number[];
  readonly confidence: Confidence;
  /** Configurations that the study had when the prior was given: its influence decays from there. */
  readonly since: number;
};

/** What is wrong with a prior; `part` names the value to point at. */
export type PriorProblem = {
  readonly part: 'prior' | 'confidence';
  readonly message: string;
  readonly fix: string;
};

/** Returns a prior for a new study, or why a value cannot be one. `confidence` undefined: medium. */
export function makePrior(
  d: Distribution,
  at: unknown,
  confidence: unknown = 'medium',
): Prior | PriorProblem {
  if (!isConfidence(confidence))
    return {
      part: 'confidence',
      message: `expected confidence to be ${CONFIDENCES.join(', ')}, got ${shownValue(confidence)}`,
      fix: `use one of ${CONFIDENCES.join(', ')}`,
    };
  if (at === undefined)
    return {
      part: 'confidence',
      message: 'expected a prior with confidence, got none',
      fix: 'add the prior, or remove confidence',
    };
  return d.kind === 'categorical' ? ofChoices(d.choices, at, confidence) : ofRange(d, at, confidence);
}

export function isProblem(made: Prior | PriorProblem): made is PriorProblem {
  return 'part' in made;
}

function isConfidence(value: unknown): value is Confidence {
  return (CONFIDENCES as readonly unknown[]).includes(value);
}

function ofRange(
  { low, high }: Exclude<Distribution, { kind: 'categorical' }>,
  at: unknown,
  confidence: Confidence,
): Prior | PriorProblem {
  const range = `[${low}, ${high}]`;
  if (typeof at !== 'number' || !(at >= low && at <= high))
    return {
      part: 'prior',
      message: `expected the prior to be a number in ${range}, got ${shownValue(at)}`,
      fix: `give the value of ${range} near which you expect the best one, or widen the range`,
    };
  return { at: at + 0, confidence, since: 0 };
}

function ofChoices(choices: readonly unknown[], at: unknown, confidence: Confidence): Prior | PriorProblem {
  const example = choices.map((_, k) => (k === 0 ? 2 : 1)).join(', ');
  const wrong = (message: string): PriorProblem => ({
    part: 'prior',
    message: `expected the prior to be ${message}, got ${shownValue(at)}`,
    fix: `give the weights in the order of the choices, such as [${example}]`,
  });
  const count = `${choices.length} ${choices.length === 1 ? 'weight' : 'weights'}, one for each choice`;
  if (!Array.isArray(at) || at.length !== choices.length) return wrong(count);
  const weights: readonly unknown[] = at;
  const isWeight = (w: unknown): w is number => typeof w === 'number' && w >= 0 && Number.isFinite(w);
  if (!weights.every(isWeight)) return wrong('weights of at least 0');
  if (!weights.some((weight) => weight > 0)) return wrong('weights of which one is above 0');
  return { at: weights.map((weight) => weight + 0), confidence, since: 0 };
}

/** Returns whether two priors say the same, whenever they were given. */
export function isSamePrior(a: Prior | undefined, b: Prior | undefined): boolean {
  return JSON.stringify([a?.at, a?.confidence]) === JSON.stringify([b?.at, b?.confidence]);
}
