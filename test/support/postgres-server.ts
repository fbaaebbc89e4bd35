import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removePostgres, startPostgres } from '../../scripts/real/postgres.mjs';
import { serveOnDemand } from './on-demand-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which tests ask for a PostgreSQL server. */
    postgresFolder: string;
  }
}

/** Starts one server for all tests of a run, when the first of them asks for it, and removes it at the end. */
export function setup(project: TestProject): () => Promise<void> {
  // Short: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync('/tmp/hpo-pg-');
  // The server runs as another user than root.
  chmodSync(folder, 0o711);
  project.provide('postgresFolder', folder);
  const server = join(folder, 'server');
  return serveOnDemand({
    folder,
    start: () => startPostgres(server),
    stop: async () => {
      if (existsSync(server)) await removePostgres(server);
    },
  });
}
