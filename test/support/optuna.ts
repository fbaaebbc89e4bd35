import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromPythonJson } from '../../src/storage/python-json.js';
import { findOptunaPython } from './real-part.js';

const FIXTURES = new URL('../fixtures/optuna/', import.meta.url);

/** Returns Optuna's URL of a file. */
export function optunaUrl(path: string): string {
  return `sqlite:///${path}`;
}

/** Runs a script of the fixtures with the real Optuna (of HPO_OPTUNA_PYTHON in `env`, if set); returns its output. */
export async function runOptuna(
  script: string,
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const file = fileURLToPath(new URL(script, FIXTURES));
  const python = env.HPO_OPTUNA_PYTHON ?? String(findOptunaPython());
  const { stdout } = await promisify(execFile)(python, [file, optunaUrl(path), ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** As `runOptuna`, for a script that prints JSON as Python writes it. */
export async function askOptuna<T>(
  script: string,
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  return fromPythonJson(await runOptuna(script, path, args, env)) as unknown as T;
}
