// Writes the reference of the library, from the types that `import 'hpo'` has, to .site/out/api: `npm run docs:api`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './blocks.mjs';

export function buildApi() {
  if (!existsSync(join(root, 'dist', 'index.d.ts'))) run([join(root, 'scripts', 'build.mjs')]);
  const hook = pathToFileURL(join(root, 'scripts', 'docs', 'typescript-api.mjs')).href;
  const typedoc = join(root, 'node_modules', 'typedoc', 'bin', 'typedoc');
  const options = ['--options', join(root, 'scripts', 'docs', 'typedoc.json'), '--logLevel', 'Warn'];
  run(['--import', hook, typedoc, ...options, '--out', join(root, '.site', 'out', 'api')]);
}

/** Runs a program of Node; its failure is the failure of this one. */
function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildApi();
