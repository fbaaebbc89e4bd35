import { isMapping, type Mapping } from '../core/mapping.js';
import { runConfigSchema } from './run-config.js';
import { firstProblem } from './zod-diagnostics.js';

/** The metric that the built-in trainer is tuned for by default. */
export const BUILTIN_OBJECTIVE = { metric: 'epoch_accuracy', direction: 'maximize', reduce: 'last' } as const;

/** The interface between a sweep and the built-in trainer: names are dotted paths of the run configuration. */
export type Builtin = {
  /** Dotted paths of single values: `learner.step_size`. Not `seed`: every trial gets its own. */
  readonly names: readonly string[];
  /** Returns why the trainer would refuse a value at a path, in words; null when it accepts it. */
  problem(name: string, value: unknown): string | null;
};

/** `base` is a checked run configuration into which the values are put. */
export function makeBuiltin(base: Mapping): Builtin {
  return {
    names: leaves(base, '').filter((name) => name !== 'seed'),
    problem: (name, value) => firstProblem(runConfigSchema, withValue(base, name.split('.'), value)),
  };
}

function leaves(mapping: Mapping, prefix: string): string[] {
  return Object.entries(mapping).flatMap(([key, value]) =>
    isMapping(value) ? leaves(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

function withValue(mapping: Mapping, [key, ...rest]: readonly string[], value: unknown): Mapping {
  if (key === undefined) return mapping;
  const inner = mapping[key];
  return {
    ...mapping,
    [key]: rest.length === 0 ? value : withValue(isMapping(inner) ? inner : {}, rest, value),
  };
}
