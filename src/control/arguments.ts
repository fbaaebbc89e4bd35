import { usageError } from '../core/errors.js';
import type { ControlArgument, RawArguments } from './control.js';

/** Returns an argument that is a trial's number. @throws HpoError control.argument (usage). */
export function trialNumber(raw: RawArguments, name = 'trial'): number {
  const value = raw[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw badArgument(`${name}: the number of a trial`, value);
}

/** Returns a list of trials' numbers, each once, at least one. @throws HpoError control.argument (usage). */
export function trialNumbers(raw: RawArguments, name: string): readonly number[] {
  const value = raw[name];
  const isNumber = (each: unknown) => typeof each === 'number' && Number.isSafeInteger(each) && each >= 0;
  if (Array.isArray(value) && value.length > 0 && value.every(isNumber)) return [...new Set(value)];
  throw badArgument(`${name}: the numbers of trials`, value);
}

/** Returns an argument that is a text. @throws HpoError control.argument (usage). */
export function textArgument(raw: RawArguments, name: string): string {
  const value = raw[name];
  if (typeof value === 'string') return value;
  throw badArgument(`${name}: a text`, value);
}

/** Returns a list of names; an absent argument is an empty list. @throws HpoError control.argument (usage). */
export function namesArgument(raw: RawArguments, name: string): readonly string[] {
  const value = raw[name] ?? [];
  const isName = (each: unknown) => typeof each === 'string' && each.trim() !== '' && each.length <= 100;
  if (Array.isArray(value) && value.every(isName)) return value as string[];
  throw badArgument(`${name}: a list of names of at most 100 characters`, value);
}

/** Returns an argument that is true or false; an absent one is false. @throws HpoError control.argument (usage). */
export function booleanArgument(raw: RawArguments, name: string): boolean {
  const value = raw[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw badArgument(`${name}: true or false`, value);
}

/** @throws HpoError control.argument (usage) for an argument that the control does not have. */
export function refuseUnknown(raw: RawArguments, known: readonly ControlArgument[]): void {
  const names = known.map(({ name }) => name);
  const odd = Object.keys(raw).find((name) => raw[name] !== undefined && !names.includes(name));
  if (odd !== undefined) throw badArgument(`one of ${names.join(', ') || 'no arguments'}`, odd);
}

function badArgument(expected: string, got: unknown) {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got);
  return usageError('control.argument', `expected ${expected}, got ${shown}`);
}
