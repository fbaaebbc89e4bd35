import { createRequire } from 'node:module';
import type * as FastCheckModule from 'fast-check';
import type { IRawProperty, Parameters } from 'fast-check';

type FastCheck = typeof FastCheckModule;

// By its CommonJS edition, since vitest.config.ts puts this module in the place of the package.
const real = createRequire(import.meta.url)('fast-check') as FastCheck;

/** Of the runs that a test asks for, how many the suite does: every run of the suite has a seed of its own. */
const SUITE_SHARE = 0.25;
/** Properties that ask for less do all of it. */
const FEWEST_RUNS = 10;
const DEFAULT_RUNS = 100;

/** Share of the runs; HPO_PROPERTY_RUNS=1 does what the tests ask for, 10 ten times as many. */
const share = Number(process.env.HPO_PROPERTY_RUNS ?? SUITE_SHARE);
if (!(share > 0)) throw new Error(`expected HPO_PROPERTY_RUNS to be a number above 0, got: ${share}`);

/** Whether tests that try many cases try all of them. */
export const isWhole = share >= 1;

/** Returns how many runs a property does that asks for `wanted`. */
export function propertyRuns(wanted: number, of = share): number {
  return Math.max(Math.ceil(wanted * of), Math.min(wanted, FEWEST_RUNS));
}

/** As fast-check's, with a share of the runs; all examples are among them, and what is replayed is replayed whole. */
export const assert = (<Ts>(property: IRawProperty<Ts>, params: Parameters<Ts> = {}) => {
  const { numRuns = DEFAULT_RUNS, path, examples = [] } = params;
  if (path !== undefined) return real.assert(property, params);
  const runs = propertyRuns(numRuns);
  return real.assert(property, {
    ...params,
    numRuns: Math.max(runs, Math.min(numRuns, runs + examples.length)),
  });
}) as FastCheck['assert'];

export default { ...real, assert };
