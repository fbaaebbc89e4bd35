import type * as z from 'zod';
import { type HpoError, HpoErrors, usageError } from '../core/errors.js';
import { isMapping, type Mapping } from '../core/mapping.js';
import { didYouMean, either, show } from './describe-value.js';
import { nearest } from './nearest.js';
import { type RunConfig, runConfigSchema } from './run-config.js';
import { parseYaml } from './yaml-file.js';
import { firstProblem } from './zod-diagnostics.js';

type Tree = { [key: string]: unknown };

/**
 * Returns one run's settings: a base (the content of cfg/config.yaml, or nothing) with dotted overrides applied to it.
 * @throws HpoError config.unknown-key or config.invalid-value (usage errors), for the first mistake.
 */
export function resolveRunConfig(base: unknown, overrides: readonly string[]): RunConfig {
  return applyOverrides(base, overrides, runConfigSchema);
}

/**
 * Applies `key=value` texts to a configuration and checks the whole; the last value of a key counts.
 *
 * A key is the dotted path of a single setting. A value is read as YAML: `0.05`, `[8, 16]`, `null`, `true`, `adam`.
 * @param schema must have a default for every key: the valid paths are those of its defaults.
 * @throws HpoError as `resolveRunConfig`.
 */
export function applyOverrides<T>(config: unknown, overrides: readonly string[], schema: z.ZodType<T>): T {
  const paths = settingPaths(schema.parse({}));
  // The base is checked by itself first, so that its mistakes are not attributed to an override.
  const tree = structuredClone(validate(config, schema, paths)) as Tree;
  for (const text of overrides) {
    const { path, value } = parseOverride(text, paths);
    setAt(tree, path.split('.'), value);
  }
  return validate(tree, schema, paths);
}

/** Returns the dotted paths of all settings of a configuration; lists and null are settings, not groups. */
function settingPaths(tree: unknown, prefix = ''): string[] {
  return Object.entries(tree as Mapping).flatMap(([key, value]) =>
    isMapping(value) ? settingPaths(value, `${prefix}${key}.`) : [prefix + key],
  );
}

function parseOverride(text: string, paths: readonly string[]): { path: string; value: unknown } {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw usageError('config.invalid-value', `expected an override key=value, got ${JSON.stringify(text)}`, {
      fix: 'for example learner.step_size=0.05',
    });
  }
  const path = text.slice(0, equals);
  if (!paths.includes(path)) throw unknownKey(path, paths);
  return { path, value: parseValue(path, text.slice(equals + 1)) };
}

function parseValue(path: string, text: string): unknown {
  try {
    return parseYaml(text, path).value ?? null;
  } catch (error) {
    if (!(error instanceof HpoErrors)) throw error;
    const why = error.errors[0]?.message;
    throw usageError('config.invalid-value', `${path}: expected a YAML value, got ${show(text)} (${why})`);
  }
}

function setAt(tree: Tree, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) tree[key] = value;
  else setAt(tree[key] as Tree, rest, value);
}

function validate<T>(value: unknown, schema: z.ZodType<T>, paths: readonly string[]): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const at = issue?.path ?? [];
  if (issue?.code === 'unrecognized_keys') throw unknownKey([...at, issue.keys[0]].join('.'), paths);
  const where = at.length === 0 ? 'the configuration' : at.join('.');
  throw usageError('config.invalid-value', `${where}: ${firstProblem(schema, value)}`);
}

function unknownKey(path: string, paths: readonly string[]): HpoError {
  const inside = paths.filter((known) => known.startsWith(`${path}.`));
  if (inside.length > 0) {
    return usageError('config.unknown-key', `${path} is a group of settings, expected one of them`, {
      fix: `use ${either(inside)}`,
    });
  }
  const fix = didYouMean(nearest(path, paths)) ?? `use one of ${paths.join(', ')}`;
  return usageError('config.unknown-key', `there is no setting ${path}`, { fix });
}
