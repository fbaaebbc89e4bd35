import { BOUNDS } from '../core/bounds.js';
import { CHECKPOINT_POLICIES, type CheckpointPolicy } from '../core/checkpoints.js';
import type { SpendingLimit } from '../core/spending.js';
import type { TrialBudget } from '../core/trial-budget.js';
import { parseNumber } from '../protocol/metric.js';
import { DEVICES, type Devices, parseDevices } from './device-names.js';
import { DURATION, durationMs } from './duration.js';
import { SIZE, sizeBytes } from './size.js';
import { parseSpending, SPENDING } from './spending.js';

/** The values that a setting accepts; every kind has one text form for flags and `hpo set`, and one schema for sweep files. */
export type SettingKind =
  /** A whole number; `max` null: no upper bound. */
  | { readonly type: 'count'; readonly min: number; readonly max: number | null }
  /** A finite number. */
  | { readonly type: 'number' }
  /** Stored in milliseconds; written as `90s`, `45m`, or seconds. `zero`: a flag may be 0. */
  | { readonly type: 'duration'; readonly zero: boolean }
  /** Stored in bytes; written as `500MB`, `2GiB`, or bytes. */
  | { readonly type: 'size' }
  | { readonly type: 'devices' }
  /** A total of trials; on the command line also `+N`. */
  | { readonly type: 'budget' }
  /** What a study may spend: steps, hours, or a metric. */
  | { readonly type: 'spending' }
  /** A number of retries, in a sweep file also with waits. */
  | { readonly type: 'retries' }
  /** What becomes of checkpoints: a name, in a sweep file also how many are kept. */
  | { readonly type: 'checkpoints' }
  | { readonly type: 'boolean' }
  /** A file, relative to the folder in which hpo runs. */
  | { readonly type: 'path' }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  /** A name in a registry; `nameKey`: the key of the name in a mapping with options. */
  | {
      readonly type: 'component';
      readonly registry: readonly { readonly name: string }[];
      readonly nameKey?: 'kind';
    }
  | { readonly type: 'name' }
  /** Any text that is not empty. */
  | { readonly type: 'text' }
  /** A mapping or a list, with a schema of its own in structured-schemas.ts; no flag. */
  | { readonly type: 'structured' };

/** The value of a setting inside hpo. */
export type ValueOfKind<K extends SettingKind> = K['type'] extends
  | 'count'
  | 'number'
  | 'duration'
  | 'size'
  | 'retries'
  ? number
  : K['type'] extends 'devices'
    ? Devices
    : K['type'] extends 'checkpoints'
      ? CheckpointPolicy
      : K['type'] extends 'budget'
        ? TrialBudget
        : K['type'] extends 'spending'
          ? SpendingLimit
          : K['type'] extends 'boolean'
            ? boolean
            : K extends { readonly values: readonly (infer V)[] }
              ? V
              : K['type'] extends 'path' | 'component' | 'name' | 'text'
                ? string
                : never;

/** A value, or the expectation, in words that begin with "expected". */
export type ParsedText = { readonly value: unknown } | { readonly expected: string };

/** Reads a value in the text form of a flag or of `hpo set`. */
export function parseSettingText(kind: SettingKind, text: string): ParsedText {
  switch (kind.type) {
    case 'count':
      return count(text, kind.min, kind.max);
    case 'retries':
      return count(text, 0, BOUNDS.retries);
    case 'budget': {
      const more = text.startsWith('+');
      const parsed = count(more ? text.slice(1) : text, more ? 0 : 1, null);
      return 'value' in parsed ? { value: { count: parsed.value, more } } : parsed;
    }
    case 'spending':
      return orExpected(parseSpending(text), SPENDING);
    case 'number':
      return orExpected(parseNumber(text), `expected a number, got ${JSON.stringify(text)}`);
    case 'duration': {
      const ms = durationMs(text);
      return orExpected(ms !== null && (ms > 0 || kind.zero) ? ms : null, DURATION);
    }
    case 'size':
      return orExpected(sizeBytes(text), SIZE);
    case 'devices':
      return orExpected(parseDevices(text), DEVICES);
    case 'boolean':
      return orExpected(text === 'true' ? true : text === 'false' ? false : null, 'expected true or false');
    case 'checkpoints':
      return oneOf(text, CHECKPOINT_POLICIES);
    case 'choice':
      return oneOf(text, kind.values);
    case 'component':
      return oneOf(
        text,
        kind.registry.map(({ name }) => name),
      );
    case 'path':
    case 'name':
      return { value: text };
    case 'text':
      return orExpected(text === '' ? null : text, 'expected a text that is not empty');
    case 'structured':
      return { expected: 'expected a sweep file to set this' };
  }
}

function orExpected(value: unknown, expected: string): ParsedText {
  return value === null ? { expected } : { value };
}

function oneOf(text: string, values: readonly string[]): ParsedText {
  return values.includes(text) ? { value: text } : { expected: `expected one of ${values.join(', ')}` };
}

function count(text: string, min: number, max: number | null): { value: number } | { expected: string } {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) return { expected: 'expected a whole number' };
  if (max !== null && (value < min || value > max))
    return { expected: `expected a whole number from ${min} to ${max}` };
  return value < min ? { expected: `expected a whole number of at least ${min}` } : { value };
}
