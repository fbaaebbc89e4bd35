import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { HpoError, usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import type { JsonValue } from '../core/trial.js';
import { Diagnostics } from './diagnostics.js';
import { runConfigSchema } from './run-config.js';
import { type Path, readYaml } from './yaml-file.js';
import { check } from './zod-diagnostics.js';

export type RunConfigMapping = { readonly [key: string]: JsonValue };

const extendsSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional();
const strictSchema = runConfigSchema.extend({ extends: extendsSchema });
const freeSchema = z.looseObject({ extends: extendsSchema });

/**
 * Returns one run's defaults from a file, merged over the bases that it `extends`. Mappings are merged key by key,
 * everything else is replaced, and a later base overrides an earlier one. A base's path is relative to the file that
 * names it.
 *
 * @param builtin the file is for the built-in trainer: unknown keys and bad values are mistakes, and defaults are
 * filled in. Otherwise it is any mapping.
 * @returns the mapping (null when there were mistakes) and what was wrong in each file.
 * @throws HpoError when a file cannot be read or is not YAML.
 */
export async function readRunConfig(
  file: string,
  builtin: boolean,
): Promise<{ config: RunConfigMapping | null; mistakes: readonly Diagnostics[] }> {
  const all: Diagnostics[] = [];
  const merged = await readMerged(file, builtin, [], all);
  if (all.some(({ errors }) => errors.length > 0)) return { config: null, mistakes: all };
  // Every file was checked separately, so this finds no mistake and only fills in defaults.
  return { config: builtin ? runConfigSchema.parse(merged) : (merged as RunConfigMapping), mistakes: all };
}

type Mapping = { readonly [key: string]: unknown };

async function readMerged(
  file: string,
  builtin: boolean,
  above: readonly string[],
  all: Diagnostics[],
): Promise<Mapping> {
  const yaml = await readYaml(file, file);
  const mistakes = new Diagnostics(yaml);
  all.push(mistakes);
  const chain = [...above, await realpath(file)];
  const value = yaml.value ?? {};
  check(builtin ? strictSchema : freeSchema, value, mistakes);
  if (!isMapping(value)) return {};
  const { extends: bases, ...own } = value;
  noteNonFinite(own, [], mistakes);
  let merged: Mapping = {};
  for (const [path, base] of named(bases)) {
    const target = isAbsolute(base) ? base : join(dirname(file), base);
    const real = await existing(target, path, mistakes);
    if (real === null) continue;
    if (chain.includes(real)) {
      mistakes.add(
        path,
        'extends-cycle',
        `expected a base that does not extend this file itself, got ${base}`,
        {
          fix: 'remove one `extends` of this cycle',
        },
      );
      continue;
    }
    merged = merge(
      merged,
      await readBase(target, path, mistakes, () => readMerged(target, builtin, chain, all)),
    );
  }
  return merge(merged, own);
}

function named(bases: unknown): [Path, string][] {
  if (typeof bases === 'string') return [[['extends'], bases]];
  if (!Array.isArray(bases)) return [];
  return bases.flatMap((base, i): [Path, string][] =>
    typeof base === 'string' ? [[['extends', i], base]] : [],
  );
}

async function existing(target: string, path: Path, mistakes: Diagnostics): Promise<string | null> {
  try {
    return await realpath(target);
  } catch {
    mistakes.add(path, 'extends-missing', `expected a file to extend, got ${target}, which does not exist`, {
      fix: 'the path is relative to the folder of this file',
    });
    return null;
  }
}

/** Reads a base. An unreadable base is a mistake of the line that names it; mistakes inside it have their own positions. */
async function readBase(
  target: string,
  path: Path,
  mistakes: Diagnostics,
  read: () => Promise<Mapping>,
): Promise<Mapping> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HpoError) || error.code !== 'config.unreadable') throw error;
    mistakes.adopt(path, usageError('config.extends-missing', `${target} cannot be read as a file`));
    return {};
  }
}

function merge(under: Mapping, over: Mapping): Mapping {
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isMapping(below) && isMapping(value) ? merge(below, value) : value);
  }
  // fromEntries defines every key as data, `__proto__` too.
  return Object.fromEntries(merged);
}

/** Notes infinite numbers: trainers receive the configuration as JSON, which has none. */
function noteNonFinite(value: unknown, path: Path, mistakes: Diagnostics): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    mistakes.add(path, 'bad-value', `expected a finite number, got ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) noteNonFinite(inner, [...path, key], mistakes);
}
