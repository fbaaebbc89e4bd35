import { mkdirSync, writeFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { sourceTrace } from '../../src/cli/source-trace.js';
import { ROOT } from '../examples/run-example.js';
import { makeProject } from '../support/cli.js';

const scripts = async (name: string) => import(pathToFileURL(join(ROOT, 'scripts', 'build', name)).href);
const { packedMaps } = (await scripts('packed-maps.mjs')) as {
  readonly packedMaps: (maps: Readonly<Record<string, string>>) => string;
};
const { toLineMap } = (await scripts('line-maps.mjs')) as { readonly toLineMap: (json: string) => string };

async function mapped(name: string, count: number) {
  const source = Array.from(
    { length: count },
    (_, k) => `export function ${name}${k}() {\n  return ${k};\n}\n\n`,
  );
  const made = await transform(source.toReversed().join(''), {
    sourcemap: 'external',
    sourcefile: `../src/${name}.js`,
    minifyWhitespace: true,
    lineLimit: 160,
  });
  return { code: made.code, map: toLineMap(made.map) };
}

test('a trace finds in the packed maps what the map of its file says', async () => {
  const [first, second] = [await mapped('a', 40), await mapped('b', 90)];
  const dist = join(makeProject(), 'dist');
  mkdirSync(dist);
  const packed = packedMaps({ 'chunks/a.js': first.map, 'b.js': second.map, 'c.js': first.map });
  writeFileSync(join(dist, 'maps.json.br'), brotliCompressSync(packed));
  expect(packed.length).toBeLessThan(first.map.length + second.map.length + first.map.length);
  for (const [file, { code, map }] of Object.entries({
    'chunks/a.js': first,
    'b.js': second,
    'c.js': first,
  })) {
    const whole = new SourceMap(JSON.parse(map) as SourceMapPayload);
    for (const [k, { length }] of code.split('\n').entries())
      for (let column = 1; column <= length; column += 9) {
        const origin = whole.findOrigin(k + 1, column) as {
          readonly fileName: string;
          readonly lineNumber: number;
        };
        const said = sourceTrace(`at f (${pathToFileURL(join(dist, file)).href}:${k + 1}:${column})`);
        expect(said).toMatch(new RegExp(`^at f \\(src/[ab]\\.js:${origin.lineNumber}:\\d+\\)$`));
        expect(said).toContain(origin.fileName.replace('../', ''));
      }
  }
  const unknown = `at f (${pathToFileURL(join(dist, 'd.js')).href}:1:1)`;
  expect(sourceTrace(unknown)).toBe(unknown);
});
