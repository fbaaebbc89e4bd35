import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadedSweep, loadSweep } from '../../src/config/load.js';
import { HpoError } from '../../src/core/errors.js';

/** Writes the files (path -> text) into a new folder, runs `use` there and removes it. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hpo-config-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Loads `sweep.yaml` with this text, and other files beside it. */
export function load(
  sweep: string,
  others: Readonly<Record<string, string>> = {},
  configFile?: string,
): Promise<LoadedSweep> {
  return withFiles({ 'sweep.yaml': sweep, ...others }, (folder) =>
    loadSweep({
      sweepFile: join(folder, 'sweep.yaml'),
      ...(configFile && { configFile: join(folder, configFile) }),
    }),
  );
}

/** What a person sees of the mistakes in a sweep file, without the name of the temporary folder. */
export async function mistakes(
  sweep: string | Uint8Array,
  others: Readonly<Record<string, string>> = {},
  configFile?: string,
): Promise<string> {
  return withFiles({ 'sweep.yaml': sweep, ...others }, async (folder) => {
    const sweepFile = join(folder, 'sweep.yaml');
    try {
      await loadSweep({ sweepFile, ...(configFile && { configFile: join(folder, configFile) }) });
    } catch (error) {
      if (!(error instanceof HpoError)) throw error;
      if (!error.usage) throw new Error(`not a usage error: ${error.format()}`);
      return error.format().replaceAll(`${folder}/`, '');
    }
    throw new Error('expected mistakes, got none');
  });
}

/** A sweep of a trainer of one's own, with these lines for the rest. */
export function own(rest: string): string {
  return `objective: { metric: loss, direction: minimize }\ntrainer: { command: [./train] }\n${rest}`;
}
