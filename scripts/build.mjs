// Makes dist from src. Each step is a file in build/ and does nothing when nothing has changed.
// --if-possible: does nothing where a compiler is not installed (an install without development packages).
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from './build/bundle.mjs';
import { root } from './build/files.mjs';
import { buildKernels, kernelCompilerPath } from './build/kernels.mjs';
import { buildPage } from './build/page.mjs';
import { buildTypes, compilerPath } from './build/types.mjs';

export async function build() {
  if (!hasCompilers()) {
    console.error(
      'error[build.no-compiler]: TypeScript, esbuild or AssemblyScript is not installed\n  fix: npm install',
    );
    process.exit(1);
  }
  await buildBundle();
  await buildPage();
  buildKernels();
  // Last, because a type error ends the build: what was changed can be tried all the same.
  await buildTypes();
}

function hasCompilers() {
  return compilerPath() !== null && kernelCompilerPath() !== null && hasEsbuild();
}

function hasEsbuild() {
  try {
    createRequire(join(root, 'package.json')).resolve('esbuild');
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const optional = process.argv.includes('--if-possible');
  const possible = hasCompilers() && existsSync(join(root, 'src'));
  if (!optional || (possible && process.env.HPO_SKIP_PREPARE !== '1')) await build();
}
