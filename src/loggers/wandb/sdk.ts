import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { usageError } from '../../core/errors.js';
import { packageFile } from '../../core/package-file.js';
import { JournalReader } from '../runs/journal.js';
import { cellsOf } from './rows.js';
import type { RunEnd } from './run-end.js';
import type { WandbRun } from './run-format.js';
import type { RunMetadata } from './run-metadata.js';

const GATHER_MS = 1000;

/** Messages to the child, one line of JSON each: first `begin`, then rows, then `end`. */
export type SdkMessage =
  | { readonly begin: { readonly module: string; readonly options: object } }
  | { readonly row: Readonly<Record<string, number>>; readonly step: number }
  | { readonly end: { readonly exitCode: number; readonly summary: Readonly<Record<string, unknown>> } };

/**
 * Returns the path of @wandb/sdk: beside hpo, or in the project that hpo runs in.
 * @throws HpoError (usage) wandb.sdk-missing.
 */
export function findSdk(cwd: string): string {
  for (const from of [import.meta.url, join(cwd, 'package.json')]) {
    try {
      return createRequire(from).resolve('@wandb/sdk');
    } catch {
      // Not installed there.
    }
  }
  throw usageError('wandb.sdk-missing', 'expected the package @wandb/sdk for client: sdk, got none', {
    fix: 'npm install @wandb/sdk graphql, or omit client: hpo has its own client',
  });
}

export type SdkOptions = { readonly module: string; readonly baseUrl: string; readonly key: string };

/**
 * Passes a run to @wandb/sdk in a process of its own, since the SDK may end its process. Each process starts at the first row:
 * the SDK does not know what has arrived. Rejects when the process fails.
 */
export async function followSdk(options: SdkOptions, run: WandbRun, signal: AbortSignal): Promise<void> {
  const { journal } = run;
  // The SDK cannot change the summary of a run that has ended.
  if (journal.head.isEndOnly) return journal.remove();
  const child = spawn(process.execPath, [fileURLToPath(packageFile('dist/loggers/wandb/sdk-child.js'))], {
    // The output of the SDK may contain the key, and Ctrl-C must not end it.
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve).once('error', () => resolve(null));
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  // An ended child is known by its exit. Where the system opens no more files, it has no streams.
  child.stdin?.on('error', () => {});
  try {
    await send(child, beginOf(options, journal.head));
    if (!(await feed(child, run, signal))) return;
    const code = await ended;
    if (signal.aborted) return;
    if (code !== 0)
      throw new Error(
        `the process of @wandb/sdk ended with ${code ?? 'an error'}; the run stays in its journal`,
      );
    journal.remove();
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}

/** Passes the journal on. Returns true at its end, false when the sweep ends before. */
async function feed(child: ChildProcess, run: WandbRun, signal: AbortSignal): Promise<boolean> {
  const { journal } = run;
  const reader = new JournalReader<RunEnd>(journal.file);
  while (!signal.aborted && !hasEnded(child)) {
    const { isClosing } = run;
    const { rows, end } = await reader.next();
    for (const { step, row } of rows) {
      const cells = cellsOf(row).map(([name, value]) => [name, Number(value)]);
      await send(child, { row: Object.fromEntries(cells), step });
    }
    if (end) {
      const summary = JSON.parse(end.summary) as Record<string, unknown>;
      await send(child, { end: { exitCode: end.exitCode, summary } });
      child.stdin?.end();
      return true;
    }
    if (isClosing && rows.length === 0) return false;
    if (rows.length === 0) await run.gather(GATHER_MS);
  }
  return hasEnded(child);
}

async function send(child: ChildProcess, message: SdkMessage): Promise<void> {
  const { stdin } = child;
  if (!stdin?.writable || hasEnded(child)) return;
  if (stdin.write(`${JSON.stringify(message)}\n`)) return;
  const stop = new AbortController();
  // An ended child reads nothing more.
  await Promise.race([once(stdin, 'drain', stop), once(child, 'exit', stop)]).finally(() => stop.abort());
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
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
