import { describe, expect, test } from 'vitest';
import { breaches, staticPackages } from './check.js';

/** Returns the breaches in one file of an imagined project. */
function found(path: string, text: string, others: Readonly<Record<string, string>> = {}): string[] {
  return breaches(path, new Map(Object.entries({ ...others, [path]: text })));
}

describe('the architecture check', () => {
  test('reports a forbidden import, with file and line', () => {
    const others = { 'storage/storage.ts': '', 'core/space.ts': '' };
    const text = `import { x } from '../core/space.js';\nimport type { Storage } from '../storage/storage.js';\n`;
    expect(found('loggers/a.ts', text, others)).toEqual([
      'src/loggers/a.ts:2: loggers must not import storage/storage.ts',
    ]);
    expect(found('study/a.ts', text, others)).toEqual([]);
  });

  test('allows a contract, but not the file beside it', () => {
    const others = { 'executors/executor.ts': '', 'executors/slots.ts': '' };
    expect(found('study/a.ts', `export * from '../executors/executor.js';`, others)).toEqual([]);
    expect(found('study/a.ts', `export * from '../executors/slots.js';`, others)).toEqual([
      'src/study/a.ts:1: study must not import executors/slots.ts',
    ]);
  });

  test.each([
    [`import { readFile } from 'node:fs/promises';`, 'core must not use node:fs/promises'],
    [`import fs from 'fs';`, 'write node:fs'],
    [`import { z } from 'zod';`, 'core must not use the package zod'],
    [`const z = await import('zod');`, 'core must not use the package zod'],
    [`type Z = import('zod').ZodError;`, 'core must not use the package zod'],
    [
      `import * as tf from '@tensorflow/tfjs-core/dist/x.js';`,
      'core must not use the package @tensorflow/tfjs-core',
    ],
    [`const x = await import(name);`, 'an import whose name is computed hides what it loads'],
    [
      `const r = createRequire(import.meta.url)('zod');`,
      'an import whose name is computed hides what it loads',
    ],
    [`import { a } from './gone.js';`, './gone.js does not exist (src/core/gone.ts)'],
    [`const at = new Date();`, 'Date in a pure module'],
    [`const at = performance.now();`, 'performance in a pure module'],
    [`const x = Math.random();`, 'Math.random in a pure module'],
    ['const x = `${process.pid}`;', 'process in a pure module'],
    [`setTimeout(f, 1);`, 'setTimeout in a pure module'],
    [`const x = a ** 0.5;`, '** differs in its last bits between Node versions'],
    [`const x = Math.pow(a, 2);`, 'Math.pow differs in its last bits between Node versions'],
  ])('reports in a pure module: %s', (text, what) => {
    expect(found('core/a.ts', `\n${text}\n`)).toEqual([`src/core/a.ts:2: ${what}`]);
  });

  test('ignores what only looks like a breach', () => {
    const text = [
      `import seedrandom from 'seedrandom';`,
      `// new Date(), import x from 'zod'`,
      `/* process.exit() */ const text = "console.log(Math.random()) import('zod')";`,
      'const s = `Date ${text} process`;',
      'const pattern = /[\'"`]Date/;',
      'const limit = 2 ** 31, update = { process: 1 }, x = update.process;',
    ].join('\n');
    expect(found('core/a.ts', text, { 'core/rng.ts': '' })).toEqual([]);
  });

  test('reports a package that only one file of the module may use', () => {
    const text = `import type { Database } from 'better-sqlite3';`;
    expect(found('storage/drivers/better-sqlite3.ts', text)).toEqual([]);
    expect(found('storage/rows.ts', text)).toEqual([
      'src/storage/rows.ts:1: only src/storage/drivers/better-sqlite3.ts may use the package better-sqlite3',
    ]);
  });

  test('reports a folder that is not in the table', () => {
    expect(found('utils/a.ts', '')).toEqual([
      'src/utils/a.ts:1: utils is not in the table of test/architecture/rooms.ts',
    ]);
  });

  test('finds the packages that load with an entry through other files, with the chain', () => {
    const sources = new Map(
      Object.entries({
        'cli/main.ts': `import { a } from './a.js';\nimport type { T } from './types.js';`,
        'cli/a.ts': `export { b } from '../config/b.js';\nconst c = await import('./c.js');`,
        'cli/c.ts': `import 'execa';`,
        'cli/types.ts': `import 'p-limit';`,
        'config/b.ts': `import { type z } from 'zod';\nimport './../cli/main.js';`,
      }),
    );
    expect([...staticPackages('cli/main.ts', sources)]).toEqual([
      ['zod', 'cli/main.ts -> cli/a.ts -> config/b.ts -> zod'],
    ]);
  });
});
