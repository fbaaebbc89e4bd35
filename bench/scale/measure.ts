import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Aim, Command } from './commands.js';
import { CLI } from './database.js';

const PROBE = fileURLToPath(new URL('usage-probe.cjs', import.meta.url));

type Used = { readonly wallMs: number; readonly cpuMs: number; readonly peakMb: number };
export type Usage = Used & { readonly what: string; readonly aim: Aim };

/** Runs a command whose output is read to its 64th kilobyte at most, as `head` does. */
export async function measure(
  { what, args, aim, toFirstTrial }: Command,
  { folder, place }: { readonly folder: string; readonly place: string },
): Promise<Usage> {
  const file = join(place, 'usage.json');
  const startedAt = performance.now();
  await run(args, folder, { HPO_BENCH_USAGE: file, XDG_CACHE_HOME: join(place, 'cache') });
  const wallMs = performance.now() - startedAt;
  const { firstTrial, ...whole } = JSON.parse(readFileSync(file, 'utf8')) as Used & {
    firstTrial: Used | null;
  };
  if (!toFirstTrial) return { what, aim, ...whole, wallMs };
  if (firstTrial === null) throw new Error(`expected hpo ${args.join(' ')} to start a trial`);
  return { what, aim, ...firstTrial };
}

const HEAD_BYTES = 64 * 1024;

function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', PROBE, CLI, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > HEAD_BYTES) child.stdout.destroy();
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`hpo ${args.join(' ')} exited with ${code}`)),
    );
  });
}
