import { existsSync } from 'node:fs';
import { basename, extname, isAbsolute, relative, resolve } from 'node:path';
import { usageError } from '../../core/errors.js';
import { findProgram } from '../../executors/trainer-command.js';
import { findScript } from '../trainer-script.js';

/** A script with the command that runs it. */
export type ScriptCommand = {
  /** The interpreter and the script: options follow it. */
  readonly program: readonly string[];
  /** What the user wants to give the script in each run. */
  readonly words: readonly string[];
  readonly language: 'python' | 'node' | 'other';
  /** The script as it is named; the program where there is no script. */
  readonly name: string;
  /** Its file; null when it is unknown. */
  readonly file: string | null;
};

const INTERPRETERS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['node'],
  '.mjs': ['node'],
  '.cjs': ['node'],
  '.ts': ['npx', 'tsx'],
  '.mts': ['npx', 'tsx'],
  '.sh': ['bash'],
  '.R': ['Rscript'],
  '.r': ['Rscript'],
  '.jl': ['julia'],
  '.rb': ['ruby'],
  '.pl': ['perl'],
  '.lua': ['lua'],
};
/** A project's own Python comes first: its packages are installed there. */
const VENVS = ['.venv/bin/python', 'venv/bin/python'];

const INTERPRETER = /^(?:python|pypy|node|bun|deno|bash|sh|Rscript|julia|ruby|perl|lua)[\d.]*$/;

/** Returns the command of a script that is named alone, or with its interpreter. @throws HpoError init.no-script (usage). */
export function scriptCommand(given: readonly string[]): ScriptCommand {
  const [first = '', ...words] = given;
  // An interpreter may be named by its path: venv/bin/python train.py.
  if (existsSync(first) && !(words.length > 0 && INTERPRETER.test(basename(first)))) {
    const inside = relative(process.cwd(), resolve(first));
    const file = isAbsolute(first) && !inside.startsWith('..') ? inside : first;
    const interpreter = extname(file) === '.py' ? [python()] : (INTERPRETERS[extname(file)] ?? null);
    const own = file.includes('/') ? file : `./${file}`;
    return {
      program: interpreter === null ? [own] : [...interpreter, file],
      words,
      language: languageOf(file),
      name: file,
      file,
    };
  }
  if (findProgram(first, process.cwd(), process.env.PATH ?? '').kind === 'missing')
    throw usageError('init.no-script', `expected a script or a program, got ${first}`, {
      fix: 'hpo init train.py, or hpo init -- python -m package.train --data here',
    });
  return withProgram(given);
}

/** `python train.py`, `poetry run python -m package.train`: the script's own arguments come after the script. */
function withProgram(given: readonly string[]): ScriptCommand {
  const script = findScript(given, process.cwd());
  const module = given.indexOf('-m');
  const at = script === null ? -1 : given.indexOf(script.file);
  const end = at >= 0 ? at + 1 : module >= 0 && script !== null ? module + 2 : 1;
  const name = script?.file ?? given[0] ?? '';
  const isPython = /^(?:python|pypy)[\d.]*$/.test(basename(given[0] ?? ''));
  const language = isPython ? 'python' : languageOf(name);
  return {
    program: given.slice(0, end),
    words: given.slice(end),
    language,
    name,
    file: script?.path ?? null,
  };
}

function languageOf(file: string): ScriptCommand['language'] {
  if (extname(file) === '.py') return 'python';
  return /^\.[cm]?[jt]s$/.test(extname(file)) ? 'node' : 'other';
}

function python(): string {
  const venv = process.env.VIRTUAL_ENV ? undefined : VENVS.find((each) => existsSync(each));
  if (venv !== undefined) return venv;
  const isThere = (name: string) => findProgram(name, process.cwd(), process.env.PATH ?? '').kind === 'found';
  return !isThere('python3') && isThere('python') ? 'python' : 'python3';
}
