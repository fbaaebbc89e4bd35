import type * as z from 'zod';
import { describeValue, didYouMean, either, show } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';
import type { Path } from './yaml-file.js';

type Issue = z.core.$ZodIssue;

/**
 * Checks a value against a schema and notes every mistake, each at its position.
 * @returns the parsed value, or null when anything was wrong.
 */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  mistakes: Diagnostics,
  at: Path = [],
): z.output<S> | null {
  const result = schema.safeParse(value, { error: knownKeys });
  if (result.success) return result.data;
  for (const issue of result.error.issues) note(issue, value, mistakes, at);
  return null;
}

/** Returns the first thing wrong with a value, in words; null when it is valid. */
export function firstProblem(schema: z.ZodType, value: unknown): string | null {
  const issue = schema.safeParse(value, { error: knownKeys }).error?.issues[0];
  return issue ? explain(issue, valueAt(value, issue.path), issue.path).message : null;
}

/** For an unknown key the fix lists the known ones, and only here does zod expose the object that it checked. */
const knownKeys: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' && issue.inst && 'shape' in issue.inst._zod.def
    ? Object.keys(issue.inst._zod.def.shape as object).join(', ')
    : undefined;

function note(issue: Issue, root: unknown, mistakes: Diagnostics, at: Path): void {
  const value = valueAt(root, issue.path);
  const path = [...at, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const known = issue.message.split(', ');
      mistakes.add([...path, key], 'unknown-key', `expected one of ${issue.message}, got ${show(key)}`, {
        at: 'key',
        fix: didYouMean(nearest(key, known)),
      });
    }
    return;
  }
  const branch = issue.code === 'invalid_union' ? chooseBranch(issue, value) : null;
  if (branch) {
    for (const inner of branch) note(inner, value, mistakes, path);
    return;
  }
  const { code, message, fix } = explain(issue, value, path);
  const key = code === 'missing-key' || issue.code === 'invalid_key';
  mistakes.add(path, code, message, { fix, ...(key && { at: 'key' }) });
}

type Explanation = { code: string; message: string; fix?: string | undefined };

function explain(issue: Issue, value: unknown, path: Path): Explanation {
  const got = describeValue(value);
  switch (issue.code) {
    case 'invalid_key':
      return { code: 'bad-name', message: issue.issues[0]?.message ?? issue.message };
    case 'custom':
    case 'invalid_format':
      return { code: 'bad-value', message: `${issue.message}, got ${got}` };
    case 'too_small':
    case 'too_big':
      return { code: 'bad-value', message: `expected ${limit(issue)}, got ${got}` };
    case 'invalid_value':
    case 'invalid_union':
    case 'invalid_type': {
      const missing = value === undefined;
      const name = String(path.at(-1) ?? '');
      const message = missing
        ? `expected the key ${name} (${expected(issue)}), got none`
        : `expected ${expected(issue)}, got ${got}`;
      const choices = issue.code === 'invalid_type' ? [] : literals(issue);
      const wrongType = issue.code === 'invalid_type' || choices.length === 0 || typeof value !== 'string';
      return {
        code: missing ? 'missing-key' : wrongType ? 'wrong-type' : 'bad-value',
        message,
        fix: typeof value === 'string' ? didYouMean(nearest(value, choices)) : undefined,
      };
    }
    default:
      return { code: 'bad-value', message: `${issue.message}, got ${got}` };
  }
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/** Returns the branch of a union whose shape the value has: its issues are more precise than "none of these". */
function chooseBranch(issue: UnionIssue, value: unknown): readonly Issue[] | null {
  const branches = (issue.errors ?? []).filter(
    (branch) => !branch.some((inner) => inner.path.length === 0 && !hasShape(inner, value)),
  );
  return branches[0] ?? null;
}

function hasShape(issue: Issue, value: unknown): boolean {
  if (issue.code === 'invalid_type') {
    if (issue.expected === 'int') return typeof value === 'number';
    return issue.expected === typeof value && !Array.isArray(value) && value !== null;
  }
  if (issue.code === 'invalid_value') return issue.values.some((v) => typeof v === typeof value);
  if (issue.code === 'invalid_union') return chooseBranch(issue, value) !== null;
  return true;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

function expected(issue: Issue): string {
  return either(expectations(issue));
}

function expectations(issue: Issue): string[] {
  // NaN and infinities are numbers for YAML, but not for zod.
  if (issue.code === 'invalid_type' && /(Infinity|NaN)$/.test(issue.message)) return ['a finite number'];
  if (issue.code === 'invalid_type') return [TYPE_WORDS[issue.expected] ?? issue.expected];
  if (issue.code === 'invalid_value') return issue.values.map((v) => show(v));
  if (issue.code !== 'invalid_union') return [];
  const named = literals(issue);
  if (issue.errors.length === 0) return named;
  return issue.errors.flatMap((branch) => branch.slice(0, 1).flatMap(expectations));
}

/** Returns the words that would have been valid. */
function literals(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union') return [];
  // A discriminated union names its options; the type of zod's issue does not declare them.
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  return [...options, ...issue.errors.flatMap((branch) => branch.flatMap(literals))];
}

function limit(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  if (issue.origin === 'number' || issue.origin === 'int') {
    const words = small ? ['at least', 'above'] : ['at most', 'below'];
    return `a number ${issue.inclusive ? words[0] : words[1]} ${bound}`;
  }
  const how = issue.exact ? 'exactly' : small ? 'at least' : 'at most';
  const what = issue.origin === 'string' ? 'character' : 'entry';
  return `${how} ${bound} ${bound === 1 ? what : what === 'entry' ? 'entries' : `${what}s`}`;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
