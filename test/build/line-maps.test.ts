import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from '../examples/run-example.js';

const { toLineMap } = (await import(pathToFileURL(join(ROOT, 'scripts', 'build', 'line-maps.mjs')).href)) as {
  readonly toLineMap: (json: string) => string;
};

/** More than 16 lines and columns, so that numbers have several digits; the last function refers back. */
const SOURCE = `${Array.from({ length: 60 }, (_, k) => `export function f${k}(a: number): number {\n  if (a > ${k})\n    throw new Error('${'x'.repeat(k)}');\n  return a + ${k};\n}\n`).join('\n')}`;

test('a smaller source map leads every place to the same line of the same source, or to that which begins within three characters', async () => {
  const { code, map } = await transform(SOURCE, {
    loader: 'ts',
    sourcemap: 'external',
    sourcefile: 'a.ts',
    sourcesContent: false,
    minifyWhitespace: true,
    lineLimit: 160,
  });
  const text = toLineMap(map);
  expect(text.length).toBeLessThan(map.length * 0.6);
  const [whole, small] = [map, text].map((json) => new SourceMap(JSON.parse(json) as SourceMapPayload));
  const lines = code.split('\n').slice(0, -1);
  const placeIn = (found: SourceMap | undefined, line: number, column: number) => {
    const entry = found?.findEntry(line, column);
    return entry && 'originalLine' in entry ? `${entry.originalSource}:${entry.originalLine}` : null;
  };
  let compared = 0;
  let same = 0;
  for (const [line, { length }] of lines.entries())
    for (let column = 0; column < length; column++) {
      const near = [0, 1, 2, 3].map((more) => placeIn(whole, line, column + more));
      const place = placeIn(small, line, column);
      expect(near).toContain(place);
      if (place === near[0]) same += 1;
      compared += 1;
    }
  expect(compared).toBeGreaterThan(3000);
  expect(same / compared).toBeGreaterThan(0.9);
});
