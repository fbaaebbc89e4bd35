import type * as library from '../../src/index.js';

/** Returns the library as it is built, which runs without the help of a compiler. */
export async function builtLibrary(): Promise<typeof library> {
  return (await import(new URL('../../dist/index.js', import.meta.url).href)) as typeof library;
}
