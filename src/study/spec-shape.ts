import { isMapping } from '../core/mapping.js';
import type { JsonValue } from '../core/trial.js';

type Check = (value: JsonValue | undefined) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isScalar: Check = (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const oneOf =
  (...words: readonly JsonValue[]): Check =>
  (value) =>
    words.includes(value as JsonValue);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const recordOf =
  (check: Check): Check =>
  (value) =>
    isMapping(value) && Object.values(value).every(check);
const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isMapping(value) &&
    Object.entries(checks).every(([key, check]) => check(Object.hasOwn(value, key) ? value[key] : undefined));
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

const isDistribution = either(
  shape({
    kind: oneOf('float', 'int'),
    low: isNumber,
    high: isNumber,
    log: oneOf(true, false),
    step: orNull(isNumber),
  }),
  shape({ kind: oneOf('categorical'), choices: listOf(isScalar), ordered: oneOf(true, false) }),
);
const isCondition = recordOf(
  either(isScalar, listOf(isScalar), recordOf(either(isScalar, listOf(isScalar)))),
);
const isRef = shape({ param: isText });
const isForbidden = recordOf(
  either(isScalar, listOf(isScalar), recordOf(either(isScalar, listOf(isScalar), isRef))),
);
const isConstraint = either(
  shape({ kind: oneOf('set'), when: isCondition, set: recordOf(isScalar) }),
  shape({ kind: oneOf('forbid'), forbid: isForbidden }),
  shape({
    kind: oneOf('sum', 'product'),
    params: listOf(isText),
    min: orNull(isNumber),
    max: orNull(isNumber),
  }),
);
const isPrior = shape({
  at: either(isNumber, listOf(isNumber)),
  confidence: oneOf('low', 'medium', 'high'),
  since: isNumber,
});
const isTransfer = shape({
  weight: either(oneOf('auto'), isNumber),
  sources: listOf(shape({ study: isText, storage: orNull(isText) })),
  earlier: listOf(
    shape({
      name: isText,
      results: isNumber,
      points: listOf(shape({ params: recordOf(isScalar), value: isNumber })),
    }),
  ),
});
const isChosen = shape({ name: isText, options: isMapping });

/** The keys of a stored specification. Keys that were added later may be absent; they have defaults. */
const KEYS: Readonly<Record<string, Check>> = {
  objectives: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    listOf(
      shape({
        metric: isText,
        direction: oneOf('minimize', 'maximize'),
        reduce: oneOf('last', 'best', 'mean'),
      }),
    )(value),
  space: shape({
    params: listOf(
      shape({
        name: isText,
        distribution: isDistribution,
        steps: orAbsent(isNumber),
        when: orAbsent(isCondition),
        prior: orAbsent(isPrior),
      }),
    ),
    constraints: listOf(isConstraint),
    order: listOf(isText),
  }),
  trainer: shape({
    command: orNull(listOf(isText)),
    cwd: orNull(isText),
    env: recordOf(isText),
    metrics: orAbsent(
      shape({
        format: isText,
        pattern: orAbsent(isText),
        names: orAbsent(listOf(isText)),
        path: orAbsent(isText),
      }),
    ),
  }),
  config: isMapping,
  repeats: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  seeds: orNull(listOf(isNumber)),
  start: orAbsent(listOf(recordOf(isScalar))),
  transfer: orAbsent(orNull(isTransfer)),
  outcomes: orAbsent(listOf(shape({ metric: isText, bound: oneOf('max', 'min'), limit: isNumber }))),
  sampler: isChosen,
  pruner: isChosen,
  scheduler: orAbsent(isChosen),
  race: orAbsent(orNull((value) => Number.isSafeInteger(value) && (value as number) >= 1)),
  maxSteps: orAbsent(orNull((value) => Number.isSafeInteger(value) && (value as number) >= 1)),
  terminator: orAbsent(isChosen),
  metrics: orNull(listOf(isText)),
};

/** Returns the first key of a stored specification whose value hpo does not write; null when all are valid. */
export function oddKey(spec: JsonValue): string | null {
  if (!isMapping(spec)) return 'all of it';
  return (
    Object.keys(KEYS).find((key) => !KEYS[key]?.(Object.hasOwn(spec, key) ? spec[key] : undefined)) ?? null
  );
}
