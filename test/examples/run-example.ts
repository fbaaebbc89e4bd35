import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli', 'main.js');

/** A copy of an example's folder, far from the checkout and its node_modules. */
export class ExampleCopy {
  readonly path = mkdtempSync(join(tmpdir(), 'hpo-example-'));

  constructor(name: string) {
    cpSync(join(ROOT, 'examples', name), this.path, { recursive: true });
  }

  /** Runs hpo in the copy; `python`: the interpreter that `python3` is to mean. */
  hpo(args: readonly string[], python = ''): { exitCode: number | null; output: string } {
    const path = process.env.PATH ?? '';
    const env = {
      ...process.env,
      PATH: isAbsolute(python) ? `${dirname(python)}${delimiter}${path}` : path,
    };
    const result = spawnSync(process.execPath, [CLI, ...args], { cwd: this.path, env, encoding: 'utf8' });
    return { exitCode: result.status, output: result.stdout + result.stderr };
  }

  /** The rows of cfg/runs.csv by their header. */
  rows(): Record<string, string>[] {
    const text = readFileSync(join(this.path, 'cfg', 'runs.csv'), 'utf8');
    const [header = [], ...records] = parse(text);
    return records.map((cells) => Object.fromEntries(header.map((name, k) => [name, cells[k] ?? ''])));
  }

  /** Paths of the files that the example consists of. */
  files(): string[] {
    return readdirSync(this.path, { recursive: true }).map(String);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
