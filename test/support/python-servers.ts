import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { ENDED, SOCKET, WANTED } from './python-names.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which tests ask for a Python that has imported what they need. */
    pythonFolder: string;
  }
}

const LOOK_MS = 50;
const FORKS = fileURLToPath(new URL('./forks.py', import.meta.url));

/** Starts one Python for all tests of a run that prepare it alike, when the first of them asks for it. */
export function setup(project: TestProject): () => Promise<void> {
  // Short: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync('/tmp/hpo-py-');
  project.provide('pythonFolder', folder);
  const running = new Map<string, ChildProcess>();
  const timer = setInterval(() => {
    for (const file of readdirSync(folder)) {
      const at = join(folder, file.replace(WANTED, ''));
      if (file.endsWith(WANTED) && !running.has(at)) running.set(at, start(at));
    }
  }, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    for (const child of running.values()) child.stdin?.end();
    await Promise.all([...running.values()].map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
}

function start(at: string): ChildProcess {
  const { python, prepared } = JSON.parse(readFileSync(at + WANTED, 'utf8')) as Record<string, string>;
  const child = spawn(python as string, [FORKS, at + SOCKET, prepared as string], {
    env: { ...process.env, CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '1' },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.once('error', () => writeFileSync(at + ENDED, ''));
  child.once('close', () => writeFileSync(at + ENDED, ''));
  return child;
}

function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('close', resolve));
}
