import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from '../examples/run-example.js';

type Lost = readonly (readonly (readonly [column: number, count: number])[])[];

const scripts = async (name: string) => import(pathToFileURL(join(ROOT, 'scripts', 'build', name)).href);
const { shortNames, withShortNames } = (await scripts('short-names.mjs')) as {
  readonly shortNames: (names: readonly string[]) => ReadonlyMap<string, string>;
  readonly withShortNames: (
    code: string,
    short: ReadonlyMap<string, string>,
  ) => { readonly code: string; readonly lost: Lost };
};
const { toLineMap } = (await scripts('line-maps.mjs')) as {
  readonly toLineMap: (json: string, lost: Lost) => string;
};

test('chunks have short names that differ, also where their hashes begin alike, and other files keep theirs', () => {
  const short = shortNames([
    'chunk-ABCDEFGH.js',
    'chunk-ABCDXYZ1.js',
    'gp-ABCDEFGH.js',
    'main.js',
    'a-ABCDEFGH.js.map',
  ]);
  expect(Object.fromEntries(short)).toEqual({
    'chunk-ABCDEFGH.js': 'ABCD.js',
    'chunk-ABCDXYZ1.js': 'ABCDX.js',
    'gp-ABCDEFGH.js': 'gp-ABCD.js',
  });
  expect(withShortNames('import"./chunk-ABCDEFGH.js";\nf("chunk-ZZZZZZZZ.js")', short).code).toBe(
    'import"./ABCD.js";\nf("chunk-ZZZZZZZZ.js")',
  );
});

test('a source map of code whose names became shorter leads each place to its line', async () => {
  const source = Array.from(
    { length: 40 },
    (_, k) => `export const f${k} = () =>\n  import('./chunk-ABCDEFGH.js').then(({ a }) =>\n    a(${k}));\n`,
  ).join('');
  const { code, map } = await transform(source, {
    sourcemap: 'external',
    sourcefile: 'a.js',
    minifyWhitespace: true,
    lineLimit: 160,
  });
  const short = withShortNames(code, shortNames(['chunk-ABCDEFGH.js']));
  expect(short.code.length).toBeLessThan(code.length - 300);
  const found = new SourceMap(JSON.parse(toLineMap(map, short.lost)) as SourceMapPayload);
  for (const [line, text] of short.code.split('\n').entries())
    for (const { index, 1: k } of text.matchAll(/\ba\((\d+)\)/g)) {
      const entry = found.findEntry(line, index);
      expect('originalLine' in entry && entry.originalLine).toBe(3 * Number(k) + 2);
    }
});
