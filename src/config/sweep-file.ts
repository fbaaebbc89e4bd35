import * as z from 'zod';
import { HpoError, usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { describeValue } from './describe-value.js';
import { type Diagnostics, throwAll } from './diagnostics.js';
import { asSweepFile } from './import/wandb-sweep-file.js';
import { ALIASES, SETTINGS } from './settings.js';
import { type Path, parseYaml, readYaml, type YamlFile } from './yaml-file.js';
import { check } from './zod-diagnostics.js';

type Mapping = { readonly [key: string]: unknown };

/**
 * Reads a sweep file, or its text where that is given. A sweep of W&B is read as it is. Old names of keys become current ones, with a notice for each; positions still refer to the file's
 * own text.
 * @throws HpoError config.not-found (usage), config.duplicate-key (usage) where a file has a key under both names.
 */
export async function readSweepFile(
  file: string,
  text: string | null,
): Promise<{ readonly yaml: YamlFile; readonly notices: readonly string[] }> {
  try {
    const read = text === null ? await readYaml(file, file) : parseYaml(text, file);
    const { yaml, notices } = asSweepFile(read);
    const current = renamed(yaml, file);
    return { yaml: current.yaml, notices: [...notices, ...current.notices] };
  } catch (error) {
    if (!(error instanceof HpoError) || error.code !== 'config.not-found') throw error;
    throw usageError('config.not-found', `there is no sweep file ${file}`, {
      fix: 'run `hpo init` to create one, or name yours with --sweep FILE',
    });
  }
}

function renamed(yaml: YamlFile, file: string): { yaml: YamlFile; notices: string[] } {
  const { value } = yaml;
  if (!isMapping(value)) return { yaml, notices: [] };
  const old = Object.keys(value).filter((key) => ALIASES.has(key));
  const oldNames = new Map(old.map((key) => [ALIASES.get(key) as string, key]));
  for (const [name, alias] of oldNames) {
    if (Object.hasOwn(value, name))
      throw usageError('config.duplicate-key', `expected ${name} once, got its old name ${alias} as well`, {
        place: yaml.place([alias], 'key'),
        fix: `move everything under ${name}`,
      });
  }
  const asWritten = ([first, ...rest]: Path): Path =>
    first === undefined ? [] : [oldNames.get(String(first)) ?? first, ...rest];
  const entries = Object.entries(value).map(([key, each]) => [ALIASES.get(key) ?? key, each] as const);
  return {
    yaml: {
      ...yaml,
      value: Object.fromEntries(entries),
      place: (path, at) => yaml.place(asWritten(path), at),
      source: (path) => yaml.source(asWritten(path)),
    },
    notices: [...oldNames].map(([name, alias]) => `${file}: the key ${alias} is now called ${name}`),
  };
}

/** Returns the file as a mapping of known keys; a key without a value counts as absent. */
export function topLevel(yaml: YamlFile, mistakes: Diagnostics): Mapping {
  if (!isMapping(yaml.value)) {
    const got = yaml.value === null ? 'an empty file' : describeValue(yaml.value);
    mistakes.add([], 'wrong-type', `expected a mapping with the key parameters, got ${got}`, {
      fix: '`hpo init` writes an example',
    });
    throwAll(mistakes);
    return {};
  }
  const present = Object.entries(yaml.value).filter(([, value]) => value !== null);
  check(keysBelow(''), Object.fromEntries(present), mistakes);
  return Object.fromEntries(present);
}

/** Returns the value at a dotted key; undefined where there is none. */
export function valueAt(raw: Mapping, key: string): unknown {
  let value: unknown = raw;
  for (const part of key.split('.')) {
    if (!isMapping(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** Returns the schema of a mapping with the known keys, with any values. */
function keysBelow(prefix: string): z.ZodType {
  const shape: Record<string, z.ZodType> = {};
  for (const { key } of SETTINGS) {
    if (!key.startsWith(prefix)) continue;
    const [name = '', ...below] = key.slice(prefix.length).split('.');
    shape[name] ??= below.length === 0 ? z.unknown().optional() : keysBelow(`${prefix}${name}.`).optional();
  }
  return z.strictObject(shape);
}
