import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STAND_IN = fileURLToPath(
  new URL('../trainer/fixtures/stand-in-tfjs-node/package.cjs', import.meta.url),
);

export type NativeName = 'tfjs-node' | 'tfjs-node-gpu';

/**
 * Installs fakes of the native packages below a folder, each with a behavior of
 * `test/trainer/fixtures/stand-in-tfjs-node/package.cjs`. Returns the NODE_PATH that finds them.
 */
export function installStandIns(folder: string, packages: Partial<Record<NativeName, string>>): string {
  const modules = join(folder, 'native', 'node_modules');
  for (const [name, behavior] of Object.entries(packages)) {
    const place = join(modules, '@tensorflow', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, 'package.json'),
      JSON.stringify({ name: `@tensorflow/${name}`, version: '4.22.0' }),
    );
    writeFileSync(
      join(place, 'index.js'),
      `module.exports = require(${JSON.stringify(STAND_IN)})('${name}', '${behavior}');\n`,
    );
  }
  mkdirSync(join(modules, '@tensorflow'), { recursive: true });
  // As in a real tree, the packages share one tfjs-core.
  const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'));
  symlinkSync(core, join(modules, '@tensorflow', 'tfjs-core'));
  return modules;
}
