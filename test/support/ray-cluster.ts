import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startRay, stopRay } from '../../scripts/real/ray.mjs';
import { serveOnDemand } from './on-demand-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which tests ask for a Ray cluster. */
    rayFolder: string;
  }
}

/** Starts one cluster for all tests of a run, when the first of them asks for it, and ends it with all its jobs. */
export function setup(project: TestProject): () => Promise<void> {
  // Short: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync('/tmp/hpo-ray-');
  project.provide('rayFolder', folder);
  const cluster = join(folder, 'c');
  return serveOnDemand({ folder, start: () => startRay(cluster), stop: () => stopRay(cluster) });
}
