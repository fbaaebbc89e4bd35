import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removePostgres, startPostgres } from '../../scripts/real/postgres.mjs';
import { STARTED, WANTED } from './postgres-names.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which tests ask for a PostgreSQL server. */
    postgresFolder: string;
  }
}

const LOOK_MS = 50;

/** Starts one server for all tests of a run, when the first of them asks for it, and removes it at the end. */
export function setup(project: TestProject): () => Promise<void> {
  // Short: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync('/tmp/hpo-pg-');
  // The server runs as another user than root.
  chmodSync(folder, 0o711);
  project.provide('postgresFolder', folder);
  let starting: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (starting === null && existsSync(join(folder, WANTED))) starting = start(folder);
  }, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await starting;
    if (existsSync(join(folder, 'server'))) await removePostgres(join(folder, 'server'));
    rmSync(folder, { recursive: true, force: true });
  };
}

async function start(folder: string): Promise<void> {
  const answer = await startPostgres(join(folder, 'server')).catch((error: unknown) => ({
    error: String(error),
  }));
  writeFileSync(join(folder, `${STARTED}.new`), JSON.stringify(answer));
  renameSync(join(folder, `${STARTED}.new`), join(folder, STARTED));
}
