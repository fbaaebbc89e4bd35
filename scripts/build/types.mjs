// Checks the types of src, and writes the declarations that a user of the library needs to dist.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { dist, root, state, unlessDone, writeWhole } from './files.mjs';
import { runProgram } from './programs.mjs';

/** Where the compiler writes the declarations of all files, as tsconfig.build.json says. */
const ALL = join(state, 'types');

export function buildTypes() {
  const inputs = ['src', 'scripts/build', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  return unlessDone(
    'types.done',
    inputs.map((path) => join(root, path)),
    () => {
      runProgram(compilerPath(), ['-p', 'tsconfig.build.json']);
      const needed = reachableFrom('index.d.ts');
      for (const path of needed) writeWhole(join(dist, path), readFileSync(join(ALL, path)));
      removeOthers(needed);
    },
  );
}

/** Returns the declarations that one of them imports, directly or through others, as paths below dist. */
function reachableFrom(start) {
  const found = new Set([start]);
  // A Set yields what is added while it is walked.
  for (const path of found) {
    const text = readFileSync(join(ALL, path), 'utf8');
    for (const [, specifier] of text.matchAll(/(?:from |import\()['"](\.[^'"]*)['"]/g))
      found.add(join(dirname(path), specifier.replace(/\.js$/, '.d.ts')));
  }
  return found;
}

/** Removes declarations of earlier builds. */
function removeOthers(needed) {
  for (const path of readdirSync(dist, { recursive: true })) {
    if (path.endsWith('.d.ts') && !path.startsWith('.build') && !needed.has(path)) rmSync(join(dist, path));
  }
}

/** Returns null where it is not installed. */
export function compilerPath() {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin', 'tsc');
  } catch {
    return null;
  }
}
