import { fileURLToPath } from 'node:url';
import { fromPythonJson } from '../../src/storage/python-json.js';
import { forkPython } from './python.js';
import { findOptunaPython } from './real-part.js';

/** Imports what Optuna imports when it opens a database. */
const PREPARED = 'import optuna; optuna.storages.RDBStorage("sqlite://")';

const FIXTURES = new URL('../fixtures/optuna/', import.meta.url);

type OptunaOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
};

/** Returns Optuna's URL of a file; one of a server is the same for both. */
export function optunaUrl(path: string): string {
  return path.startsWith('postgresql:') ? path : `sqlite:///${path}`;
}

/** Runs a script of the fixtures with the real Optuna (of HPO_OPTUNA_PYTHON in `env`, if set); returns its output. */
export async function runOptuna(
  script: string,
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const file = fileURLToPath(new URL(script, FIXTURES));
  return await optunaSays([file, optunaUrl(path), ...args], { env });
}

/** Runs a command line of the Python that has Optuna (of HPO_OPTUNA_PYTHON in `env`, if set); returns its stdout. */
export async function optunaSays(
  args: readonly string[],
  { env = {}, cwd = process.cwd(), input = '' }: OptunaOptions,
): Promise<string> {
  const python = env.HPO_OPTUNA_PYTHON ?? String(findOptunaPython());
  const { status, stdout, stderr } = await forkPython({ python, prepared: PREPARED }, args, {
    cwd,
    env: { ...process.env, ...env },
    input,
  });
  if (status !== 0) throw new Error(`python ${args.join(' ')} ended with ${status}:\n${stderr}`);
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
