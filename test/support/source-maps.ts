import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Returns the sources of a file in dist, as paths from its folder. `path`: from dist. */
export function sourcesIn(path: string): readonly string[] {
  const file = readFileSync(new URL('../../dist/maps.json.br', import.meta.url));
  const maps = JSON.parse(brotliDecompressSync(file).toString()) as Record<
    string,
    { sources: string[] } | undefined
  >;
  const map = maps[path];
  if (map === undefined) throw new Error(`expected a source map of dist/${path}`);
  return map.sources;
}
