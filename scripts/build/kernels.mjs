// Compiles the trainer's kernels from AssemblyScript to WebAssembly.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dist, root } from './files.mjs';
import { runProgram } from './programs.mjs';

/** Two builds of the same sources: one for every engine, one with relaxed SIMD, which V8 enables from Node 22 on. */
const KERNEL_BUILDS = [
  { name: 'simd', features: 'simd,bulk-memory' },
  { name: 'relaxed', features: 'simd,bulk-memory,relaxed-simd' },
];

export function buildKernels() {
  const compiler = kernelCompilerPath();
  const sources = join(root, 'src', 'trainer', 'kernels');
  const out = join(dist, 'trainer', 'kernels');
  mkdirSync(out, { recursive: true });
  // The folder's time shows a deleted source, this file's time other options, the compiler's version the rest.
  const inputs = readdirSync(sources).map((name) => join(sources, name));
  inputs.push(sources, fileURLToPath(import.meta.url), compiler);
  const newest = Math.max(...inputs.map((path) => statSync(path).mtimeMs));
  for (const { name, features } of KERNEL_BUILDS) {
    const file = join(out, `${name}.wasm`);
    if (existsSync(file) && statSync(file).mtimeMs > newest) continue;
    const options = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', features];
    // Warning 112 is about vectors as arguments between modules: the whole exports no such function.
    runProgram(compiler, [join(sources, 'index.ts'), '-o', file, ...options, '--disableWarning', '112']);
  }
}

/** Returns null where it is not installed. */
export function kernelCompilerPath() {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve('assemblyscript/asc'))), '..', 'bin', 'asc.js');
  } catch {
    return null;
  }
}
