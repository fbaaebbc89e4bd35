import { fileURLToPath } from 'node:url';
import { fromPythonJson } from '../../src/storage/python-json.js';
import { forkPython } from './python.js';
import { findOptunaPython } from './real-part.js';

/** What Optuna itself imports once a database is opened. */
const MODULES = ['optuna', 'optuna.storages._rdb.storage', 'sqlalchemy.dialects.sqlite', 'alembic.command'];

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
  const { status, stdout, stderr } = await forkPython(
    { python, modules: MODULES },
    [file, optunaUrl(path), ...args],
    {
      cwd: process.cwd(),
      env: { ...process.env, ...env },
    },
  );
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr}`);
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
