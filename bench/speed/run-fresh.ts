import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Runs a TypeScript file of this folder in a new process, and returns the JSON that it prints. */
export async function runFresh(file: string, args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', path, ...args]);
  return JSON.parse(stdout);
}
