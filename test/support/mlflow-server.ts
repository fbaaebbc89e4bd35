import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { serveOnDemand } from './on-demand-server.js';
import { REAL } from './real-part.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which tests ask for an MLflow server. */
    mlflowFolder: string;
  }
}

const START_MS = 220_000;

/** Starts one MLflow server on SQLite for all tests of a run, when the first of them asks for it, and ends it. */
export function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync('/tmp/hpo-mlflow-');
  project.provide('mlflowFolder', folder);
  let server: ChildProcess | null = null;
  return serveOnDemand({
    folder,
    start: async () => {
      const port = await freePort();
      server = startServer(folder, port);
      const url = `http://127.0.0.1:${port}`;
      await answers(`${url}/health`, server);
      return { url };
    },
    stop: () => ended(server),
  });
}

function startServer(folder: string, port: number): ChildProcess {
  const place = ['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--artifacts-destination', folder];
  const child = spawn(
    REAL.mlflow,
    ['server', ...place, '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    {
      cwd: folder,
      env: {
        ...process.env,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: 'true',
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      },
      // It has processes of its own.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log = createWriteStream(join(folder, 'server.log'));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  child.once('error', () => {});
  return child;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const untilMs = Date.now() + START_MS;
  while (server.exitCode === null && Date.now() < untilMs) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the MLflow server has not started (exit code ${server.exitCode})`);
}

async function ended(server: ChildProcess | null): Promise<void> {
  if (server?.pid === undefined) return;
  const closed = new Promise((resolve) => server.once('close', resolve));
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    return;
  }
  if (server.exitCode === null && server.signalCode === null) await closed;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
