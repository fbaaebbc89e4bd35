// Compiles src to dist with plain tsc and gives the command line its run bit, which tsc does not.
// --if-possible: do nothing where the compiler is not installed (an install without development packages).
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function build() {
  const compiler = compilerPath();
  if (!compiler) throw new Error('TypeScript is not installed: run npm install');
  // Without dist the incremental state would claim that everything is written already.
  if (!existsSync(join(root, 'dist', 'cli', 'main.js')))
    rmSync(join(root, 'node_modules', '.cache', 'hpo.tsbuildinfo'), { force: true });
  try {
    execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  } catch {
    process.exit(1);
  }
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
}

function compilerPath() {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin', 'tsc');
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const optional = process.argv.includes('--if-possible');
  const skip =
    optional && (process.env.HPO_SKIP_PREPARE === '1' || !compilerPath() || !existsSync(join(root, 'src')));
  if (!skip) build();
}
