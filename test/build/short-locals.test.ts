import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from '../examples/run-example.js';

const { shortenLocals } = (await import(
  pathToFileURL(join(ROOT, 'scripts', 'build', 'short-locals.mjs')).href
)) as {
  readonly shortenLocals: (
    code: string,
    map: string,
    options: { readonly target: string; readonly lineLimit: number },
  ) => Promise<{ readonly code: string; readonly map: string }>;
};

const SOURCE = `
import { basename as nameOfFile } from 'node:path';
class StoredCount { #hidden = 1; bump(argumentOfBump: number) { return (this.#hidden += argumentOfBump); } }
function inner(firstArgument: number) {
  const localSum = firstArgument + 1;
  if (localSum > 1)
    throw new Error(nameOfFile('/a/file'));
  return localSum;
}
export function outer(counted: number) { return inner(new StoredCount().bump(counted)); }
Object.freeze(StoredCount);
`;

async function shortened(lineLimit: number) {
  const options = { target: 'node20.19', lineLimit };
  const bundled = await transform(SOURCE, {
    ...options,
    loader: 'ts',
    sourcemap: 'external',
    sourcefile: 'a.ts',
  });
  return await shortenLocals(bundled.code, bundled.map, options);
}

test('names of a module and of members stay, those inside of functions are short', async () => {
  const { code } = await shortened(160);
  for (const name of ['StoredCount', 'bump', 'inner', 'outer', 'nameOfFile']) expect(code).toContain(name);
  for (const name of ['localSum', 'firstArgument', 'argumentOfBump', 'counted', 'hidden', 'eval'])
    expect(code).not.toContain(name);
});

test('wherever long lines are broken, the code runs, and its trace names the functions and the lines of the source', async () => {
  for (let lineLimit = 20; lineLimit < 60; lineLimit++) {
    const { code, map } = await shortened(lineLimit);
    const { outer } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      readonly outer: (counted: number) => number;
    };
    const { stack = '' } = (() => {
      try {
        outer(1);
      } catch (error) {
        return error as Error;
      }
      throw new Error('expected outer to throw');
    })();
    const [, name, line, column] = /at (\w+) .*:(\d+):(\d+)\)?\n/.exec(stack) ?? [];
    expect(name).toBe('inner');
    const origin = new SourceMap(JSON.parse(map) as SourceMapPayload).findOrigin(
      Number(line),
      Number(column),
    );
    expect(origin).toMatchObject({ fileName: 'a.ts', lineNumber: 7 });
  }
});
