import fc from 'fast-check';
import { withDefaults } from '../../src/core/component-options.js';
import type { Params } from '../../src/core/distribution.js';
import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { paramsKey, resolve, type Space } from '../../src/core/space.js';
import type { ConfigState, ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Direction, TrialView } from '../../src/core/trial.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { isWhole } from '../support/fast-check.js';

/** A sampler of the registry, with its defaults but for the options given. */
export async function loadSampler(
  name: string,
  options: Readonly<Record<string, number>> = {},
): Promise<Sampler> {
  const entry = samplers.find((each) => each.name === name);
  if (!entry) throw new Error(`no sampler ${name}`);
  return (await entry.load())(withDefaults(entry.options, options));
}

export function viewOf(
  configs: readonly ConfigView[],
  directions: readonly Direction[] = ['minimize'],
): StudyView {
  // A view never changes: a list that a test goes on filling is copied.
  return { directions, seed: 1, maxSteps: null, earlier: null, configs: [...configs] };
}

/** A configuration with one trial, as the study shows it. `given` when more than the parameters is given. */
export function config(
  index: number,
  params: Params,
  more: {
    state?: ConfigState;
    value?: number | null;
    /** Of several objectives, in place of `value`. */
    values?: readonly number[] | null;
    violations?: readonly number[];
    steps?: readonly (readonly [number, number])[];
    given?: Params;
  } = {},
): ConfigView {
  const state = more.state ?? 'complete';
  const values = more.values ?? (more.value === undefined || more.value === null ? null : [more.value]);
  const trial: TrialView = { number: index, state, values, steps: new Map(more.steps ?? []) };
  return {
    index,
    params,
    key: paramsKey(more.given ?? params),
    state,
    values,
    std: null,
    trialCount: state === 'complete' ? 1 : 0,
    violations: more.violations ?? [],
    trials: [trial],
    attrs: {},
  };
}

export type Past = { readonly state: ConfigState; readonly value: number; readonly lastStep: number };

const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1e308, -1e308);
const past = fc.record<Past>({
  state: fc.constantFrom('running', 'complete', 'complete', 'complete', 'pruned', 'fail'),
  value: fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
    { weight: 1, arbitrary: odd },
  ),
  lastStep: fc.integer({ min: -1, max: 4 }),
});

/** What came of earlier configurations: mixed, or all of a kind. */
export const pasts: fc.Arbitrary<readonly Past[]> = fc.oneof(
  fc.array(past, { maxLength: 40 }),
  fc.array(past, { minLength: 30, maxLength: 80 }),
  fc.tuple(fc.array(past, { minLength: 12, maxLength: 40 }), past).map(([all, one]) => all.map(() => one)),
  fc.array(
    odd.map((value): Past => ({ state: 'complete', value, lastStep: 1 })),
    { minLength: 12, maxLength: 30 },
  ),
);

/**
 * A history in a space: uniform configurations, with these outcomes; a second objective runs against the first, up to
 * some noise. Everything in it is frozen.
 */
export function history(
  space: Space,
  outcomes: readonly Past[],
  seed: number,
  directions: readonly Direction[] = ['minimize'],
): StudyView {
  const rng = makeRng(seed, 'history');
  const seen = new Set<string>();
  const configs = outcomes.flatMap(({ state, value, lastStep }, index) => {
    const { params, given } = resolve(space, (spec) => drawUniform(spec.distribution, rng));
    if (seen.has(paramsKey(given))) return [];
    seen.add(paramsKey(given));
    const told = state === 'complete' || (state === 'pruned' && lastStep >= 0);
    const values = told ? directions.map((_, k) => (k === 0 ? value : rng.float() - value)) : null;
    const steps = Array.from({ length: lastStep + 1 }, (_, step) => [step, value] as const);
    return [config(index, params, { state, values, steps, given })];
  });
  return freeze(viewOf(configs, directions));
}

/** The same study of -f: every value with the other sign, to be searched for in the other direction. */
export function mirrored({ directions, seed, maxSteps, configs }: StudyView): StudyView {
  const negated = (values: readonly number[] | null) => values?.map((value) => -value) ?? null;
  return freeze({
    directions: directions.map((direction) => (direction === 'minimize' ? 'maximize' : 'minimize')),
    seed,
    maxSteps,
    earlier: null,
    configs: configs.map((each) => ({
      ...each,
      values: negated(each.values),
      trials: each.trials.map(mirroredTrial),
    })),
  });
}

/** A trial with every value negated. */
export function mirroredTrial(trial: TrialView): TrialView {
  const steps = new Map([...trial.steps].map(([step, value]) => [step, -value]));
  return { ...trial, values: trial.values?.map((value) => -value) ?? null, steps };
}

/** Freezes a value with all that hangs on it, so that writing to any of it throws. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    // Object.freeze does not reach what a map holds.
    const refuse = () => {
      throw new TypeError('a map of the view was written to');
    };
    for (const name of ['set', 'delete', 'clear']) Object.defineProperty(value, name, { value: refuse });
  }
  Object.freeze(value);
  for (const each of Object.values(value)) freeze(each);
  return value;
}

/** Returns how many parameters a sampler must take: fewer where 1,000 take seconds. */
export function parametersOf(sampler: string): number {
  return sampler === 'gp' && !isWhole ? 300 : 1000;
}
