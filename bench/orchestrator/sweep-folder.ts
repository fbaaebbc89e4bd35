import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export type RunOptions = {
  readonly args?: readonly string[];
  /** Options of Node itself, before the program. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each chunk of hpo's output, and the pid of its process. */
  readonly onOutput?: (chunk: string, pid: number) => void;
};

/** A temporary folder with a sweep and its trainer, in which hpo runs as for a user. */
export class SweepFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'hpo-bench-'));

  constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(join(this.path, 'cfg'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.path, name), text);
  }

  /** Runs `hpo optimize` to its end; resolves to the wall time in ms. Rejects when it does not exit 0. */
  optimize({ args = [], nodeArgs = [], env = {}, onOutput }: RunOptions = {}): Promise<number> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [...nodeArgs, CLI, 'optimize', ...args], {
      cwd: this.path,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let last = '';
    const hear = (chunk: Buffer) => {
      const text = chunk.toString();
      last = (last + text).slice(-2000);
      onOutput?.(text, child.pid as number);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve(performance.now() - startedAt);
        else reject(new Error(`hpo optimize exited ${code}:\n${last}`));
      });
    });
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  /** Returns the rows of runs.csv by their header; no cell of a bench's table holds a comma or a quote. */
  rows(): Record<string, string>[] {
    const [header, ...records] = this.read('cfg/runs.csv')
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    return records.map((cells) =>
      Object.fromEntries((header ?? []).map((name, k) => [name, cells[k] ?? ''])),
    );
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
