import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { usageError } from '../../core/errors.js';
import { JournalReader } from './journal.js';
import { cellsOf } from './rows.js';
import type { DeliveredRun } from './run.js';
import type { RunMetadata } from './run-metadata.js';

const CHILD = fileURLToPath(new URL('./sdk-child.js', import.meta.url));
const GATHER_MS = 1000;

/** What the child is told, a line of JSON each: first `begin`, then rows, in the end `end`. */
export type SdkMessage =
  | { readonly begin: { readonly module: string; readonly options: object } }
  | { readonly row: Readonly<Record<string, number>>; readonly step: number }
  | { readonly end: { readonly exitCode: number; readonly summary: Readonly<Record<string, unknown>> } };

/**
 * Where @wandb/sdk lies: beside hpo, or in the project that hpo runs in.
 * @throws HpoError (usage) wandb.sdk-missing.
 */
export function findSdk(cwd: string): string {
  for (const from of [import.meta.url, join(cwd, 'package.json')]) {
    try {
      return createRequire(from).resolve('@wandb/sdk');
    } catch {
      // Not there.
    }
  }
  throw usageError('wandb.sdk-missing', 'expected the package @wandb/sdk for client: sdk, got none', {
    fix: 'npm install @wandb/sdk graphql, or leave client out: hpo has a client of its own',
  });
}

export type SdkOptions = { readonly module: string; readonly baseUrl: string; readonly key: string };

/**
 * Hands a run to @wandb/sdk, in a process of its own, since it may end the process it is in. Every call begins with the
 * first row again: the SDK does not know what has arrived. Rejects when the process ends badly.
 */
export async function followSdk(options: SdkOptions, run: DeliveredRun, signal: AbortSignal): Promise<void> {
  const { journal } = run;
  const child = spawn(process.execPath, [CHILD], {
    // What the SDK prints may hold the key, and Ctrl-C is not meant for it.
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve).once('error', () => resolve(null));
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  // A child that is gone is known by its exit.
  child.stdin.on('error', () => {});
  try {
    await tell(child, beginOf(options, journal.head));
    if (!(await feed(child, run, signal))) return;
    const code = await ended;
    if (signal.aborted) return;
    if (code !== 0)
      throw new Error(`the process of @wandb/sdk ended with ${code ?? 'an error'}; the run is kept`);
    journal.remove();
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

/** Hands on what the journal holds, until its end: true; false when the sweep is over before. */
async function feed(child: ChildProcess, run: DeliveredRun, signal: AbortSignal): Promise<boolean> {
  const { journal } = run;
  const reader = new JournalReader(journal.file);
  while (!signal.aborted && !isGone(child)) {
    const { isClosing } = run;
    const { rows, end } = await reader.next();
    for (const { step, row } of rows) {
      const cells = cellsOf(row).map(([name, value]) => [name, Number(value)]);
      await tell(child, { row: Object.fromEntries(cells), step });
    }
    if (end) {
      const summary = JSON.parse(end.summary) as Record<string, unknown>;
      await tell(child, { end: { exitCode: end.exitCode, summary } });
      child.stdin?.end();
      return true;
    }
    if (isClosing && rows.length === 0) return false;
    if (rows.length === 0) await run.gather(GATHER_MS);
  }
  return isGone(child);
}

async function tell(child: ChildProcess, message: SdkMessage): Promise<void> {
  const { stdin } = child;
  if (!stdin?.writable || isGone(child)) return;
  if (stdin.write(`${JSON.stringify(message)}\n`)) return;
  const stop = new AbortController();
  // A child that dies does not read any more.
  await Promise.race([once(stdin, 'drain', stop), once(child, 'exit', stop)]).finally(() => stop.abort());
}

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function beginOf({ module, baseUrl, key }: SdkOptions, head: RunMetadata): SdkMessage {
  const config = Object.fromEntries(Object.entries(head.config).map(([name, value]) => [name, { value }]));
  return {
    begin: {
      module,
      options: {
        id: head.id,
        project: head.project,
        ...(head.entity !== null && { entity: head.entity }),
        name: head.displayName,
        config,
        settings: { apiKey: key, baseUrl, silent: true },
      },
    },
  };
}
