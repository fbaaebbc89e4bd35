import { describe, expect, test } from 'vitest';
import { circles, typeQueries } from './circles.js';

const found = (files: Readonly<Record<string, string>>) => circles(new Map(Object.entries(files)));

describe('the search for import circles', () => {
  test('prints a planted circle with the line of each import, and every file of it', () => {
    const files = {
      'src/study/a.ts': `import { x } from '../core/x.js';\nimport { b } from './b.js';`,
      'src/study/b.ts': `export * from '../core/c.js';`,
      'src/core/c.ts': `import {\n  a,\n} from '../study/a.js';\nimport { d } from './d.js';`,
      'src/core/d.ts': `import { b } from '../study/b.js';`,
      'src/core/x.ts': '',
    };
    expect(found(files)).toEqual([
      'import circle src/core/c.ts:3 -> src/study/a.ts:2 -> src/study/b.ts:1 -> src/core/c.ts ' +
        '(4 files: src/core/c.ts, src/core/d.ts, src/study/a.ts, src/study/b.ts)',
    ]);
  });

  test('counts types alone, and a file that imports itself', () => {
    expect(
      found({ 'src/a.ts': `import type { B } from './b.js';`, 'src/b.ts': `export type * from './a.js';` }),
    ).toEqual(['import circle src/a.ts:1 -> src/b.ts:1 -> src/a.ts (2 files: src/a.ts, src/b.ts)']);
    expect(found({ 'src/a.ts': `export * from './a.js';` })).toEqual([
      'import circle src/a.ts:1 -> src/a.ts (1 files: src/a.ts)',
    ]);
  });

  test('finds each of several circles, across folders too', () => {
    const files = {
      'bench/a.ts': `import { b } from '../src/b.js';`,
      'src/b.ts': `import { a } from '../bench/a.js';`,
      'src/c.ts': `import './d.js';\nimport { b } from './b.js';`,
      'src/d.ts': `import './c.js';`,
    };
    expect(found(files).map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'import circle bench/a.ts:1 -> src/b.ts:1 -> bench/a.ts',
      'import circle src/c.ts:1 -> src/d.ts:1 -> src/c.ts',
    ]);
  });

  test('allows shared imports, lazy imports and packages', () => {
    const files = {
      'src/a.ts': `import { b } from './b.js';\nimport { c } from './c.js';`,
      'src/b.ts': `import { c } from './c.js';\nconst a = await import('./a.js');`,
      'src/c.ts': `import { z } from 'zod';`,
    };
    expect(found(files)).toEqual([]);
  });

  test('sees a type that is named inside an expression', () => {
    const text = [
      `type A = typeof import('./a.js');`,
      `type B = import('../b.js').B;`,
      `type C = typeof import('zod');`,
      `const d = import('./d.js').then(run);`,
      `const e = (await import('./e.js')).e;`,
    ].join('\n');
    expect(typeQueries(text)).toEqual([1, 2]);
  });
});
