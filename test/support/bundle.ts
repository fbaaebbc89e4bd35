import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { captured, type Said } from './captured.js';

/** The program hpo as it is built. */
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Variables that a machine or another sweep may have set. */
const SET_ELSEWHERE = /^(HPO_(?!SQLITE_DRIVER)|CUDA_|OMP_|npm_|VITEST|NODE_OPTIONS)/;

/** Those of them that Vitest and Node read in this process. */
const OF_THIS_PROCESS = /^(VITEST|NODE_OPTIONS)/;

type Program = { readonly runCli: (args: readonly string[]) => Promise<number> };

/** Returns the environment without variables that a machine or another sweep may have set. */
export function cleanEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !SET_ELSEWHERE.test(name));
  return { ...Object.fromEntries(inherited), TERM: 'dumb', ...more };
}

let before: Promise<unknown> = Promise.resolve();

/**
 * Runs one command line of the built hpo in this process, in a folder, one at a time: as if it were started there, in a
 * tenth of the time. Not for tests about processes, signals or the terminal.
 */
export function runBuilt(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Said> {
  const ran = before.then(async () => {
    const { runCli } = await builtProgram();
    const restore = enter(args, cwd, env);
    try {
      return await captured(() => runCli(args));
    } finally {
      restore();
    }
  });
  before = ran.catch(() => {});
  return ran;
}

/** Loads what dist/cli/main.js runs. */
function builtProgram(): Promise<Program> {
  const [, path] = /import\("\.\.\/(chunks\/program-\w+\.js)"\)/.exec(readFileSync(MAIN, 'utf8')) ?? [];
  if (path === undefined) throw new Error(`${MAIN} imports no program`);
  const url: string = new URL(`../../dist/${path}`, import.meta.url).href;
  return import(/* @vite-ignore */ url) as Promise<Program>;
}

/** Gives this process the folder, the environment and the arguments of a started hpo; returns what takes them back. */
function enter(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): () => void {
  const was = { cwd: process.cwd(), argv: process.argv, env: { ...process.env } };
  const own = Object.entries(was.env).filter(([name]) => OF_THIS_PROCESS.test(name));
  process.chdir(cwd);
  process.argv = [process.execPath, MAIN, ...args];
  replaceEnv({ ...Object.fromEntries(own), ...cleanEnv(env) });
  return () => {
    process.chdir(was.cwd);
    process.argv = was.argv;
    replaceEnv(was.env);
  };
}

function replaceEnv(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}
