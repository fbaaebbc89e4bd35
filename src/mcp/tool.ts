import { usageError } from '../core/errors.js';
import type { Mapping } from '../core/mapping.js';
import { printableLine } from '../core/printable.js';
import type { Ends } from './json-rpc.js';

/** One argument of a tool. `count` is a whole number from 0. */
export type Argument = {
  readonly type: 'text' | 'count' | 'flag' | 'parameters' | 'choice';
  readonly isRequired: boolean;
  readonly help: string;
  /** Of a choice; else empty. */
  readonly choices: readonly string[];
};

/** Arguments of a call, checked: those that are absent are undefined. */
export type Arguments = {
  text(name: string): string;
  optionalText(name: string): string | null;
  optionalCount(name: string): number | null;
  /** False where it is absent. */
  flag(name: string): boolean;
  parameters(name: string): Mapping;
};

export type ToolResult = {
  /** What an agent reads. It may have numbers that are not finite, and texts of others. */
  readonly data: Mapping;
  /** A picture beside it; null: none. */
  readonly png: Uint8Array | null;
};

export type Tool = {
  readonly name: string;
  readonly title: string;
  /** What it does and when to use it, for a model. */
  readonly summary: string;
  readonly arguments: Readonly<Record<string, Argument>>;
  /** `runs`: also programs, which may do anything. */
  readonly effect: 'reads' | 'changes' | 'ends' | 'runs';
  /** @throws HpoError for a mistake of the caller, and for what the machine refuses. */
  run(args: Arguments, ends: Ends): Promise<ToolResult>;
};

const required = { isRequired: true, choices: [] } as const;
const optional = { isRequired: false, choices: [] } as const;

export const text = (help: string): Argument => ({ type: 'text', help, ...required });
export const optionalText = (help: string): Argument => ({ type: 'text', help, ...optional });
export const optionalCount = (help: string): Argument => ({ type: 'count', help, ...optional });
export const optionalFlag = (help: string): Argument => ({ type: 'flag', help, ...optional });
export const parameters = (help: string): Argument => ({ type: 'parameters', help, ...required });
export const optionalChoice = (help: string, choices: readonly string[]): Argument => ({
  type: 'choice',
  help,
  isRequired: false,
  choices,
});

/** Returns the JSON schema of a tool's arguments. */
export function inputSchema(tool: Pick<Tool, 'arguments'>): Mapping {
  const entries = Object.entries(tool.arguments);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, argument]) => [name, schemaOf(argument)])),
    required: entries.filter(([, { isRequired }]) => isRequired).map(([name]) => name),
    additionalProperties: false,
  };
}

function schemaOf({ type, help, choices }: Argument): Mapping {
  const description = { description: help };
  if (type === 'count') return { type: 'integer', minimum: 0, ...description };
  if (type === 'flag') return { type: 'boolean', ...description };
  if (type === 'parameters') return { type: 'object', ...description };
  return { type: 'string', ...(type === 'choice' && { enum: choices }), ...description };
}

/** Checks the arguments of a call. @throws HpoError mcp.argument (usage). */
export function checkArguments(tool: Pick<Tool, 'name' | 'arguments'>, given: Mapping): Arguments {
  const names = Object.keys(tool.arguments);
  const odd = Object.keys(given).find((name) => !Object.hasOwn(tool.arguments, name));
  if (odd !== undefined) throw bad(`${tool.name} to have ${names.join(', ')}`, odd);
  for (const [name, argument] of Object.entries(tool.arguments)) {
    const value = given[name];
    if (value === undefined && !argument.isRequired) continue;
    if (!isOfType(value, argument)) throw bad(`${name} to be ${wantedText(argument)}`, value);
  }
  return {
    text: (name) => given[name] as string,
    optionalText: (name) => (given[name] as string | undefined) ?? null,
    optionalCount: (name) => (given[name] as number | undefined) ?? null,
    flag: (name) => given[name] === true,
    parameters: (name) => given[name] as Mapping,
  };
}

function isOfType(value: unknown, { type, choices }: Argument): boolean {
  if (type === 'count') return Number.isSafeInteger(value) && (value as number) >= 0;
  if (type === 'flag') return typeof value === 'boolean';
  if (type === 'parameters') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === 'string' && (type === 'choice' ? choices.includes(value) : value !== '');
}

function wantedText({ type, choices }: Argument): string {
  if (type === 'choice') return `one of ${choices.join(', ')}`;
  return {
    text: 'a text',
    count: 'a whole number from 0',
    flag: 'true or false',
    parameters: 'an object: a value for each parameter',
  }[type];
}

function bad(expected: string, got: unknown) {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got);
  return usageError('mcp.argument', `expected ${expected}, got ${printableLine(shown.slice(0, 200))}`);
}
