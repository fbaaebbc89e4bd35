// Compiles src to dist: TypeScript with plain tsc, the trainer's kernels from AssemblyScript to WebAssembly, and the page
// of the dashboard with esbuild. Makes the command line executable, which tsc does not.
// --if-possible: does nothing where the compiler is not installed (an install without development packages).
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build/page.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function build() {
  const [compiler, kernelCompiler] = [compilerPath(), kernelCompilerPath()];
  if (!compiler || !kernelCompiler) {
    console.error(
      'error[build.no-compiler]: TypeScript or AssemblyScript is not installed\n  fix: npm install',
    );
    process.exit(1);
  }
  // Without dist, the incremental state would claim that everything is already written.
  if (!existsSync(join(root, 'dist', 'cli', 'main.js')))
    rmSync(join(root, 'node_modules', '.cache', 'hpo.tsbuildinfo'), { force: true });
  run(compiler, ['-p', 'tsconfig.build.json']);
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
  buildKernels(kernelCompiler);
  buildPage(root);
}

/** Two builds of the same sources: one for every engine, one with relaxed SIMD, which V8 enables from Node 22 on. */
const KERNEL_BUILDS = [
  { name: 'simd', features: 'simd,bulk-memory' },
  { name: 'relaxed', features: 'simd,bulk-memory,relaxed-simd' },
];

function buildKernels(compiler) {
  const sources = join(root, 'src', 'trainer', 'kernels');
  const out = join(root, 'dist', 'trainer', 'kernels');
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
    const args = [join(sources, 'index.ts'), '-o', file, ...options, '--disableWarning', '112'];
    run(compiler, args);
  }
}

/** Runs a program that reports its own failure. */
function run(script, args) {
  try {
    execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  } catch {
    process.exit(1);
  }
}

/** Returns null where it is not installed. */
function compilerPath() {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin', 'tsc');
  } catch {
    return null;
  }
}

/** Returns null where it is not installed. */
function kernelCompilerPath() {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve('assemblyscript/asc'))), '..', 'bin', 'asc.js');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const optional = process.argv.includes('--if-possible');
  const possible = compilerPath() && kernelCompilerPath() && existsSync(join(root, 'src'));
  if (!optional || (possible && process.env.HPO_SKIP_PREPARE !== '1')) build();
}
