import { runBuilt } from './bundle.js';
import type { Said } from './captured.js';

/** Runs one command line of hpo in this process: tens of times faster than starting it. */
export function hpoInProcess(...args: readonly string[]): Promise<Said> {
  return runBuilt(args, { cwd: process.cwd(), env: {} });
}

/** The same for a command that must succeed: its stdout. */
export async function saidBy(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await hpoInProcess(...args);
  if (code !== 0) throw new Error(`hpo ${args.join(' ')} exited ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}
