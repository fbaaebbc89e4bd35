import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HpoError } from '../../core/errors.js';
import { packageFile } from '../../core/package-file.js';
import { passwordVariable } from '../../storage/conceal.js';
import { outputsDir } from '../paths.js';
import { printableTail } from './log-tail.js';

// Sweep files may name code that hpo loads (samplers, pruners). It belongs into a process of its own, not into the server.

/** What a plan may print. */
const MOST_BYTES = 16 * 2 ** 20;
const SHOWN = 4000;
/** They end a server. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** They end the plans that are being made. */
const stops = new Set<() => void>();

function startHpo(args: readonly string[], storage: string, stdio: 'pipe' | number): ChildProcess {
  const main = fileURLToPath(packageFile('dist/cli/main.js'));
  return spawn(process.execPath, [main, ...args, '--storage', storage], {
    stdio: ['ignore', stdio, stdio],
    // In a session of its own: what ends this process, or its group, does not reach it.
    detached: stdio !== 'pipe',
    env: { ...process.env, ...passwordVariable(storage) },
  });
}

/** What `hpo optimize --dry-run` plans, as far as agents read it. */
export type SweepPlan = {
  readonly study: string;
  readonly plan: string;
  /** Its sampler and its scheduler. */
  readonly search: string;
  readonly trials: readonly Readonly<Record<'trial' | 'device' | 'params' | 'command', unknown>>[];
  /** Null: none. */
  readonly warnings: string | null;
};

/**
 * Returns what `hpo optimize --dry-run` plans. Code of the workspace that never ends is killed at `signal`, and with this process.
 * @throws HpoError mcp.refused with what it says, mcp.late.
 */
export async function planSweep(file: string, storage: string, signal: AbortSignal): Promise<SweepPlan> {
  signal.throwIfAborted();
  const child = startHpo(['optimize', '--sweep', file, '--dry-run', '--json'], storage, 'pipe');
  const stop = () => {
    child.kill('SIGKILL');
    // A process that it has left may hold them open.
    for (const output of [child.stdout, child.stderr]) output?.destroy();
  };
  signal.addEventListener('abort', stop);
  if (stops.size === 0) for (const name of SIGNALS) process.on(name, endWith);
  process.once('exit', stop);
  stops.add(stop);
  try {
    const [code, stdout, stderr] = await Promise.all([
      ended(child),
      allOf(child, 'stdout'),
      allOf(child, 'stderr'),
    ]);
    if (code !== 0) throw refused(stderr);
    return { ...(JSON.parse(stdout) as SweepPlan), warnings: stderr.trim() || null };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new HpoError(
      'mcp.late',
      `the plan of ${file} took too long; code that the file names may never end`,
    );
  } finally {
    signal.removeEventListener('abort', stop);
    process.off('exit', stop);
    stops.delete(stop);
    if (stops.size === 0) for (const name of SIGNALS) process.off(name, endWith);
  }
}

/** Ends this process as a signal does where nobody listens, and plans before it. */
function endWith(name: NodeJS.Signals): void {
  for (const stop of stops) stop();
  for (const each of SIGNALS) process.off(each, endWith);
  process.kill(process.pid, name);
}

type Around = { readonly storage: string; readonly flags: readonly string[] };

/** A sweep that was started. It does not end with this process. */
export type StartedSweep = {
  readonly pid: number | null;
  /** The file with what it prints. */
  readonly log: string;
  /** Resolves with its exit code; null when it could not be started, or a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it has printed, as text for people. */
  said(): string;
};

/** Starts `hpo optimize` on a sweep file, in a session of its own. */
export function startSweep(file: string, study: string, { storage, flags }: Around): StartedSweep {
  const folder = join(outputsDir(), '.mcp');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${encodeURIComponent(study || 'sweep').slice(0, 150)}.log`);
  // Never through a link that somebody has put there.
  rmSync(log, { force: true });
  const to = openSync(log, 'wx', 0o600);
  try {
    const child = startHpo(['optimize', '--sweep', file, ...flags], storage, to);
    child.unref();
    return {
      pid: child.pid ?? null,
      log,
      ended: ended(child),
      said: () => tailOf(log),
    };
  } finally {
    closeSync(to);
  }
}

/** The error of a command that hpo refused, in its own words. */
export function refused(said: string): HpoError {
  return new HpoError('mcp.refused', `hpo refused this:\n${said.trim().slice(-SHOWN) || 'it said nothing'}`);
}

function tailOf(file: string): string {
  return printableTail(readFileSync(file).subarray(-SHOWN));
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code));
  });
}

async function allOf(child: ChildProcess, name: 'stdout' | 'stderr'): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of child[name] ?? []) {
    bytes += (part as Uint8Array).length;
    if (bytes <= MOST_BYTES) parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts).toString('utf8');
}
