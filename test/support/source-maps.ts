import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Returns the sources of a file in dist, as paths from its folder. `path`: from dist. */
export function sourcesIn(path: string): readonly string[] {
  const file = readFileSync(new URL('../../dist/maps.json.br', import.meta.url));
  const { files } = JSON.parse(brotliDecompressSync(file).toString()) as {
    readonly files: Readonly<Record<string, readonly string[]>>;
  };
  const sources = files[path];
  if (sources === undefined) throw new Error(`expected a source map of dist/${path}`);
  return sources;
}
