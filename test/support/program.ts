import { mkdirSync, renameSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, transformSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = `${ROOT}dist/.build/tests`;

const built = new Map<string, string>();

/**
 * Returns the path of a program of the tests that Node can start: bundled once with what it uses of src. To start it
 * takes a tenth of the time that `tsx` takes for its source.
 */
export function programOf(source: URL): string {
  const from = fileURLToPath(source);
  const program = built.get(from) ?? bundle(from);
  built.set(from, program);
  return program;
}

/** Returns a program in TypeScript as the Node that runs the tests takes it: what `tsx` runs, without the time that it takes to start. */
export function plainProgram(code: string): string {
  const target = `node${process.versions.node}`;
  return transformSync(code, { loader: 'ts', format: 'esm', target, platform: 'node' }).code;
}

function bundle(from: string): string {
  const to = `${FOLDER}/${relative(ROOT, from).replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`;
  const draft = to.replace(/\.mjs$/, `.${process.pid}.mjs`);
  mkdirSync(FOLDER, { recursive: true });
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [from],
    outfile: draft,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
  // Other workers may start the same program now.
  renameSync(draft, to);
  return to;
}
