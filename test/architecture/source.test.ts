import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blankText, importsOf, usesOf } from './source.js';

describe('the scanner', () => {
  test('tells static, type-only and dynamic imports apart, with their lines', () => {
    const text = [
      `import a, { b as c } from 'static-1';`,
      `import * as d from "static-2";`,
      `import 'static-3';`,
      `export * from 'static-4';`,
      `export {`,
      `  e,`,
      `} from 'static-5';`,
      `import type { F } from 'type-1';`,
      `export type { G } from 'type-2';`,
      `import { type H } from 'static-6';`,
      `import type, { I } from 'static-7';`,
      `const j = await import('dynamic-1');`,
      `load: async () => (await import( 'dynamic-2')).k,`,
      `const l = require('dynamic-3'); const m = require.resolve('dynamic-4');`,
      `const n: typeof import('dynamic-5') = await import(computed);`,
    ].join('\n');
    expect(importsOf(text).map(({ kind, specifier, line }) => `${line} ${kind} ${specifier}`)).toEqual([
      '1 static static-1',
      '2 static static-2',
      '3 static static-3',
      '4 static static-4',
      '7 static static-5',
      '8 type type-1',
      '9 type type-2',
      '10 static static-6',
      '11 static static-7',
      '12 dynamic dynamic-1',
      '13 dynamic dynamic-2',
      '14 dynamic dynamic-3',
      '14 dynamic dynamic-4',
      '15 dynamic dynamic-5',
      '15 dynamic null',
    ]);
  });

  test('ignores comments, texts, import.meta and members', () => {
    const text = [
      `// import a from 'no'`,
      `/* import b from 'no';\n import 'no'; */`,
      `const c = "import d from 'no'", e = \`import('no')\`;`,
      `const f = new URL(import.meta.url); g.import('no'); export const from = 'no';`,
      `const h = /import 'no'/, i = /[/'"]import 'no'/;`,
    ].join('\n');
    expect(importsOf(text)).toEqual([]);
  });

  test('keeps code inside templates at its position, and blanks everything else in them', () => {
    const text = 'a`b${c({ d: `e${f}` })}g` / h / 1 // i\nconst j = 1;';
    const blank = blankText(text);
    expect(blank).toBe('a` ${c({ d: ` ${f}` })} ` / h / 1     \nconst j = 1;');
    expect(usesOf(text, /\bj\b/g)).toEqual([{ name: 'j', line: 2 }]);
  });

  test('handles quotes that are escaped or inside regular expressions', () => {
    expect(blankText(String.raw`'\'x' + "\"y" + z`)).toBe(`'   ' + "   " + z`);
    expect(blankText(String.raw`s.replace(/'\//g, t)`)).toBe('s.replace(     g, t)');
  });

  test('keeps positions in a real file', () => {
    const text = readFileSync(new URL('./source.ts', import.meta.url), 'utf8');
    const blank = blankText(text);
    expect(blank.length).toBe(text.length);
    expect(blank.split('\n').length).toBe(text.split('\n').length);
    expect(blank).toContain('function startsRegex(before');
    expect(blank).not.toContain('typeof|case');
  });
});
