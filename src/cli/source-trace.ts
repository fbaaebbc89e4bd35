import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** A place in a stack trace: `file:///.../dist/chunks/tpe-ABC.js:12:34`. */
const PLACE = /(file:\/\/[^\s()]*\/dist\/)([^\s()]*\.js):(\d+):(\d+)/g;

/** Returns a stack trace whose places in the bundle name the files and lines of src, as far as their source maps are there. */
export function sourceTrace(stack: string): string {
  const maps = new Map<string, Maps | null>();
  return stack.replace(PLACE, (place: string, dist: string, path: string, line: string, column: string) => {
    if (!maps.has(dist)) maps.set(dist, mapsOf(dist));
    const map = mapOf(maps.get(dist) ?? null, path);
    const origin = map && new SourceMap(map).findOrigin(Number(line), Number(column));
    if (origin === null || !('fileName' in origin)) return place;
    return `${origin.fileName.replace(/^(?:\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/**
 * The source maps of the bundle as scripts/build/packed-maps.mjs writes them: a line for each file in each of the texts, in the order of
 * `files`, which has the sources by the path in dist.
 */
type Maps = {
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly columns: string;
  readonly sources: string;
  readonly lines: string;
};

/** A number in base 64: all its digits but the last have the sixth bit. */
const NUMBER = /[g-z0-9+/]*[A-Za-f]/g;

function mapOf(maps: Maps | null, path: string): SourceMapPayload | null {
  const at = Object.keys(maps?.files ?? {}).indexOf(path);
  if (maps === null || at === -1) return null;
  const partOf = (name: 'columns' | 'sources' | 'lines') => maps[name].split('\n')[at] ?? '';
  const [sources, lines] = [partOf('sources').match(NUMBER) ?? [], partOf('lines').match(NUMBER) ?? []];
  let next = 0;
  const mappings = partOf('columns').replace(/[^;]+/g, (columns) =>
    (columns.match(NUMBER) ?? []).map((column) => `${column}${sources[next]}${lines[next++]}A`).join(','),
  );
  return {
    version: 3,
    file: path,
    sources: [...(maps.files[path] ?? [])],
    sourcesContent: [],
    names: [],
    sourceRoot: '',
    mappings,
  } as unknown as SourceMapPayload;
}

function mapsOf(dist: string): Maps | null {
  try {
    const file = readFileSync(fileURLToPath(`${dist}maps.json.br`));
    return JSON.parse(brotliDecompressSync(file).toString()) as Maps;
  } catch {
    return null;
  }
}
