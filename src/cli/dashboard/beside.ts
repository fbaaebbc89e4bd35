import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../core/package-file.js';
import { passwordVariable } from '../../storage/conceal.js';
import { DEFAULT_PORT } from '../commands/dashboard.js';

/** How long it may take to start before the sweep goes ahead without it. */
const START_MS = 15_000;

/** A dashboard beside a sweep. */
export type BesideDashboard = {
  /** With the token; null when it could not be started. */
  readonly url: string | null;
  close(): void;
};

/**
 * Starts `hpo dashboard` as a process of its own: what it reads and compresses would otherwise delay the trials that wait
 * for this process. It ends with this process, however that ends, and a Ctrl-C in the terminal does not reach it.
 */
export async function startBeside(storage: string): Promise<BesideDashboard> {
  // The usual port first, so that the address is the same from one sweep to the next.
  for (const port of [DEFAULT_PORT, 0]) {
    const child = start(storage, port);
    const url = await urlOf(child);
    if (url === null) {
      child.kill('SIGKILL');
      continue;
    }
    child.unref();
    child.channel?.unref();
    return { url, close: () => void child.kill('SIGKILL') };
  }
  return { url: null, close: () => {} };
}

function start(storage: string, port: number): ChildProcess {
  const main = fileURLToPath(packageFile('dist/cli/main.js'));
  const args = [main, 'dashboard', '--storage', storage, '--port', String(port), '--json'];
  const child = spawn(process.execPath, args, {
    // The channel tells it when this process is gone.
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    detached: true,
    env: { ...process.env, ...passwordVariable(storage) },
  });
  child.on('error', () => {});
  return child;
}

/** The URL that it prints first; null when it ends, or takes too long. */
async function urlOf(child: ChildProcess): Promise<string | null> {
  const { stdout } = child;
  if (!stdout) return null;
  const lines = createInterface({ input: stdout });
  const limit = AbortSignal.timeout(START_MS);
  const first = once(lines, 'line', { signal: limit }).then(([line]) => String(line));
  const ended = once(child, 'exit', { signal: limit }).then(() => null);
  const line = await Promise.race([first, ended]).catch(() => null);
  lines.close();
  stdout.destroy();
  if (line === null) return null;
  try {
    return String((JSON.parse(line) as { url: string }).url);
  } catch {
    return null;
  }
}
