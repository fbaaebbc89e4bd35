import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** A place in a stack trace: `file:///.../dist/chunks/tpe-ABC.js:12:34`. */
const PLACE = /(file:\/\/[^\s()]*\/dist\/)([^\s()]*\.js):(\d+):(\d+)/g;

/** Returns a stack trace whose places in the bundle name the files and lines of src, as far as their source maps are there. */
export function sourceTrace(stack: string): string {
  const maps = new Map<string, Maps>();
  return stack.replace(PLACE, (place: string, dist: string, path: string, line: string, column: string) => {
    if (!maps.has(dist)) maps.set(dist, mapsOf(dist));
    const map = maps.get(dist)?.[path];
    const origin = map && new SourceMap(map).findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return place;
    return `${origin.fileName.replace(/^(?:\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** The source map of each file of the bundle, by its path in dist. */
type Maps = { readonly [path: string]: SourceMapPayload };

function mapsOf(dist: string): Maps {
  try {
    const file = readFileSync(fileURLToPath(`${dist}maps.json.br`));
    return JSON.parse(brotliDecompressSync(file).toString()) as Maps;
  } catch {
    return {};
  }
}
