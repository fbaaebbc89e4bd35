import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ComponentSpec, OptionValues } from '../core/component-options.js';
import { isMapping } from '../core/mapping.js';
import { isPruner } from '../pruners/custom.js';
import type { CustomPruner } from '../pruners/pruner.js';
import { isSampler } from '../samplers/custom.js';
import type { CustomSampler } from '../samplers/sampler.js';
import { show } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';

/** Samplers and pruners from files that a sweep file names. They contain code, and hpo runs it. */
export type CustomComponents = { readonly sampler?: CustomSampler; readonly pruner?: CustomPruner };

/** A loaded custom component. `given`: its entry in the sweep file, for further checks. */
export type CustomComponent<T> = {
  readonly given: { readonly name: string };
  readonly chosen: ComponentSpec;
  readonly part: T;
};

/** A path is recognized by its beginning, so that no name of a registry ever means a file. */
const PATH = /^(\.{1,2})?\//;

/** Whether an entry of a sweep file means a file: `./my-sampler.js`, or `{ name: ./my-sampler.js, ...options }`. */
export function isCustomPath(raw: unknown): boolean {
  const name = isMapping(raw) ? raw.name : raw;
  return typeof name === 'string' && PATH.test(name);
}

const SHAPES = {
  sampler: { is: isSampler, text: 'a sampler { sample(space, view, { index, rng }) }' },
  pruner: { is: isPruner, text: 'a pruner { decide(trial, view) }' },
} as const;

/** Reads both kinds from a sweep file. `parts`: the loaded components alone. */
export async function readCustomComponents(
  raw: { readonly [key: string]: unknown },
  sweepFile: string,
  mistakes: Diagnostics,
) {
  const sampler = await readOwnPart('sampler', raw.sampler, sweepFile, mistakes);
  const pruner = await readOwnPart('pruner', raw.pruner, sweepFile, mistakes);
  const parts: CustomComponents = {
    ...(sampler && { sampler: sampler.part }),
    ...(pruner && { pruner: pruner.part }),
  };
  return { sampler, pruner, parts };
}

/**
 * Returns the custom sampler or pruner that a sweep file names by a path. Null when it names none, or after noting what is
 * wrong with it. The path is relative to the sweep file, and only an existing file is run.
 */
async function readOwnPart<K extends 'sampler' | 'pruner'>(
  kind: K,
  raw: unknown,
  sweepFile: string,
  mistakes: Diagnostics,
): Promise<CustomComponent<K extends 'sampler' ? CustomSampler : CustomPruner> | null> {
  const { name, ...options } = isMapping(raw) ? raw : { name: raw };
  if (typeof name !== 'string' || !isCustomPath(name)) return null;
  const note = (code: string, message: string, fix?: string) =>
    mistakes.add(isMapping(raw) ? [kind, 'name'] : [kind], code, message, { fix });
  const file = resolve(dirname(sweepFile), name);
  if (!isFile(file)) {
    note(
      'no-such-file',
      `expected a file with a ${kind} at ${file}, got none`,
      'paths are relative to the sweep file',
    );
    return null;
  }
  const part = await load(file, options).catch((error: unknown) => {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    note(`bad-${kind}`, `the ${kind} ${show(name)} cannot be loaded: ${message}`);
    return null;
  });
  if (part === null) return null;
  const { is, text } = SHAPES[kind];
  if (part === undefined || !is(part)) {
    const got = part === undefined ? 'no default export' : `something else (${typeof part})`;
    note(
      `bad-${kind}`,
      `expected the default export of ${show(name)} to be ${text}, or a function of its options that returns one, got ${got}`,
    );
    return null;
  }
  return {
    given: { name },
    chosen: { name: file, options: options as OptionValues },
    part: part as unknown as K extends 'sampler' ? CustomSampler : CustomPruner,
  };
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Returns the default export, called with the options where it is a function. Undefined without one. */
async function load(file: string, options: Readonly<Record<string, unknown>>): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  return typeof module.default === 'function' ? await module.default(options) : module.default;
}
