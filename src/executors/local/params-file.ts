import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Params } from '../../core/distribution.js';
import { paramsJson } from '../../core/param-text.js';
import { codeOf } from '../../core/system-error.js';

/** Linux refuses a variable of 128 KiB or more, and counts all variables together with the arguments. */
const MAX_VARIABLE_BYTES = 96 * 1024;

/** Returns the file that holds an attempt's parameters as JSON. The trainer finds its path in HPO_PARAMS_FILE. */
export function paramsFile(dir: string): string {
  return join(dir, 'params.json');
}

/** Writes the file of an attempt that has not been started. */
export function writeParams(dir: string, params: Params): void {
  writeFileSync(paramsFile(dir), `${paramsJson(params)}\n`);
}

/** Returns the value of HPO_PARAMS; undefined where it is too long for a variable: then only the file has it. */
export function paramsVariable(params: Params): string | undefined {
  const json = paramsJson(params);
  return Buffer.byteLength(json) > MAX_VARIABLE_BYTES ? undefined : json;
}

/** The warning for parameters that HPO_PARAMS cannot hold. */
export const PARAMS_OMITTED =
  'the parameters take more than 96 KiB as JSON: HPO_PARAMS is not set; read the file that HPO_PARAMS_FILE names';

/** Returns why a program with these arguments cannot start, if the system finds them too long; null for any other error. */
export function tooLong(command: readonly string[], error: unknown): string | null {
  if (codeOf(error) !== 'E2BIG') return null;
  const kib = Math.ceil(command.reduce((sum, each) => sum + Buffer.byteLength(each) + 1, 0) / 1024);
  return (
    `its arguments (${kib} KiB) and its environment are too long for this system (E2BIG): leave ` +
    '${overrides}, ${args} and ${params_json} out of trainer.command and read the file that HPO_PARAMS_FILE names'
  );
}
