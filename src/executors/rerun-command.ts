import { dirname, join } from 'node:path';
import type { Params } from '../core/distribution.js';
import { isMapping } from '../core/mapping.js';
import { paramsJson } from '../core/param-text.js';
import { shellWord } from '../core/shell-word.js';
import type { JsonValue } from '../core/trial.js';
import { attemptFolder } from './handle.js';
import { paramsFile, trialDir } from './study-outputs.js';
import { describeCommand, describeEnv, expandCommand, saysAll } from './trainer-command.js';

/** The built-in trainer, as people start it. */
const BUILTIN = ['hpo', 'train', '--config', '${config}', '--seed', '${seed}', '${overrides}'];

/** What a trial ran with. `params`: what the trainer received, in the order of the space. */
export type RanTrial = {
  readonly handle: string | null;
  readonly seed: number | null;
  readonly number: number;
  readonly params: Params;
};

type Trainer = {
  readonly command: readonly string[] | null;
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
};

/** Of a study's specification. */
type Rerun = { readonly trainer: Trainer; readonly config: JsonValue };

/**
 * Returns the command line that runs a trial again by hand, for a POSIX shell; null where nobody knows it. The trainer gets
 * its parameters and its seed as from hpo, and none of the folders that belong to the trial, unless its command names them.
 * A command that has its seed and all its parameters as arguments gets no variables, unless the study has run defaults, which lie in a
 * file. `parameters`: the names of the whole space.
 */
export function rerunCommand(
  { trainer: { command, cwd, env }, config }: Rerun,
  { handle, seed, number, params }: RanTrial,
  parameters: readonly string[],
): string | null {
  const folder = handle === null ? null : attemptFolder(handle);
  if (folder === null || seed === null) return null;
  const studyDir = dirname(dirname(folder));
  const configFile = join(studyDir, 'config.yaml');
  const places = { configFile, paramsFile: paramsFile(folder), trialDir: trialDir(studyDir, number) };
  const hasDefaults = isMapping(config) && Object.keys(config).length > 0;
  try {
    const words = expandCommand(
      command ?? BUILTIN,
      { params, seed, targetStep: null, ...places },
      parameters,
    );
    const isGiven = command === null || (!hasDefaults && saysAll(command, Object.keys(params)));
    const variables = isGiven
      ? env
      : { ...env, HPO_SEED: String(seed), HPO_PARAMS: paramsJson(params), HPO_CONFIG: configFile };
    const line = [describeEnv(variables), describeCommand(words)].filter(Boolean).join(' ');
    return cwd === null ? line : `cd ${shellWord(cwd)} && ${line}`;
  } catch {
    // A template that this version does not understand.
    return null;
  }
}
