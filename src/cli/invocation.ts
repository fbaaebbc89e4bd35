import { describeCommand } from '../executors/trainer-command.js';
import { DEFAULT_STORAGE } from './paths.js';

/** What tells how this hpo was started. */
type Started = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of the program, as it was typed. */
  readonly program: string;
};

/**
 * Returns how a person starts hpo here: `npx hpo` where npm or npx started it, or its link in node_modules was run, since `hpo`
 * alone is then not on the PATH of the shell. Else `hpo`.
 */
export function hpoCommand({ env, program }: Started = thisProcess()): 'npx hpo' | 'hpo' {
  const byNpm = env.npm_command !== undefined || env.npm_lifecycle_event !== undefined;
  return byNpm || program.includes('/node_modules/.bin/') ? 'npx hpo' : 'hpo';
}

function thisProcess(): Started {
  return { env: process.env, program: process.argv[1] ?? '' };
}

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
