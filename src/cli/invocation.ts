import { describeCommand } from '../executors/trainer-command.js';
import { hpoCommand, type Started, thisProcess } from './as-typed.js';
import { DEFAULT_STORAGE } from './paths.js';

export { hpoCommand } from './as-typed.js';

/**
 * Returns a command line on a study, quoted for a shell. `named`: the study is not the one that a command finds by itself.
 * `storage`: the URL; it is left out where it is the default.
 */
export function commandOn(
  words: readonly string[],
  { study, named, storage }: { readonly study: string; readonly named: boolean; readonly storage: string },
  started: Started = thisProcess(),
): string {
  const args = [
    ...words,
    ...(named ? ['--study', study] : []),
    ...(storage === DEFAULT_STORAGE ? [] : ['--storage', storage]),
  ];
  return `${hpoCommand(started)} ${describeCommand(args)}`;
}
