import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** Proposals of gp that take long enough for a thread to start. */
const PROGRAM = `
  import { createStudy, float } from 'hpo';
  async function main() {
    const space = Object.fromEntries(Array.from({ length: 12 }, (_, k) => ['x' + k, float(-5, 5)]));
    const study = await createStudy({ direction: 'minimize', sampler: 'gp', seed: 1, space });
    await study.optimize(({ params }) => Object.values(params).reduce((sum, x) => sum + x * x, 0), { trials: 24 });
    console.log(JSON.stringify((await study.best()).params));
    await study.close();
  }
  void main();
`;

/** Returns a project that depends on hpo, and whose own thread lies where hpo has its own. */
function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bundled-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE, join(folder, 'node_modules', 'hpo'));
  writeFileSync(join(folder, 'package.json'), '{"name": "service", "private": true}');
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  mkdirSync(join(folder, 'dist', 'threads'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'threads', 'worker.js'), 'console.log("the project\'s own thread");');
  return folder;
}

function run(file: string): string {
  return execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('a program that a bundler has put together with hpo', () => {
  const folder = makeProject();
  const unbundled = run(join(folder, 'program.mjs'));

  it.each([
    ['build/program.mjs', 'esm'],
    ['build/program.cjs', 'cjs'],
    ['dist/program.mjs', 'esm'],
    ['src/program.mjs', 'esm'],
  ] as const)('computes the same in place as %s, and starts no thread of the project', (name, format) => {
    const outfile = join(folder, name);
    const entryPoints = [join(folder, 'program.mjs')];
    buildSync({ entryPoints, outfile, format, bundle: true, platform: 'node', logLevel: 'error' });
    expect(run(outfile)).toBe(unbundled);
  });
});
