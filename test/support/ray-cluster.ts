import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startRay, stopRay } from '../../scripts/real/ray.mjs';
import { STARTED, WANTED } from './ray-names.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which tests ask for a Ray cluster. */
    rayFolder: string;
  }
}

const LOOK_MS = 50;

/** Starts one cluster for all tests of a run, when the first of them asks for it, and ends it with all its jobs. */
export function setup(project: TestProject): () => Promise<void> {
  // Short: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync('/tmp/hpo-ray-');
  project.provide('rayFolder', folder);
  let starting: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (starting === null && existsSync(join(folder, WANTED))) starting = start(folder);
  }, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await starting;
    await stopRay(join(folder, 'c'));
    rmSync(folder, { recursive: true, force: true });
  };
}

async function start(folder: string): Promise<void> {
  const answer = await startRay(join(folder, 'c')).catch((error: unknown) => ({ error: String(error) }));
  writeFileSync(join(folder, `${STARTED}.new`), JSON.stringify(answer));
  renameSync(join(folder, `${STARTED}.new`), join(folder, STARTED));
}
