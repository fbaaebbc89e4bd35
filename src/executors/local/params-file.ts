import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Params } from '../../core/distribution.js';
import { paramsJson } from '../../core/param-text.js';
import { codeOf } from '../../core/system-error.js';

/** Linux refuses a variable of 128 KiB or more, and all of them count together with the arguments. */
const MAX_VARIABLE_BYTES = 96 * 1024;

/** The file that holds an attempt's parameters as JSON; the trainer finds its path in HPO_PARAMS_FILE. */
export function paramsFile(dir: string): string {
  return join(dir, 'params.json');
}

/** Writes the file of an attempt that has not been started. */
export function writeParams(dir: string, params: Params): void {
  writeFileSync(paramsFile(dir), `${paramsJson(params)}\n`);
}

/** The value of HPO_PARAMS; undefined where it is too long for a variable, and then the file alone has them. */
export function paramsVariable(params: Params): string | undefined {
  const json = paramsJson(params);
  return Buffer.byteLength(json) > MAX_VARIABLE_BYTES ? undefined : json;
}

/** What people should know of parameters that HPO_PARAMS cannot hold. */
export const PARAMS_OMITTED =
  'the parameters take more than 96 KiB as JSON: HPO_PARAMS is not set; read the file that HPO_PARAMS_FILE names';

/** Why a program with these arguments cannot be started, when the system says so; null for any other error. */
export function tooLong(command: readonly string[], error: unknown): string | null {
  if (codeOf(error) !== 'E2BIG') return null;
  const kib = Math.ceil(command.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0) / 1024);
  return (
    `its arguments (${kib} KiB) and its environment are too long for this system (E2BIG): leave ` +
    '${overrides}, ${args} and ${params_json} out of trainer.command and read the file that HPO_PARAMS_FILE names'
  );
}
