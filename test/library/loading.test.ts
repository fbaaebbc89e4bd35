import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sourcesIn } from '../support/source-maps.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const LIBRARY = pathToFileURL(`${DIST}index.js`).href;

/** A hook on the loading of modules that says the URL of each. */
const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context); }
`)}`;
const REGISTER = `data:text/javascript,${encodeURIComponent(
  `import { register } from 'node:module'; register(${JSON.stringify(HOOK)});`,
)}`;

/** Every module that a program loads, in short: the sources in each file of dist, names of packages, node:x. */
function loadedBy(program: string): string[] {
  const args = ['--import', REGISTER, '--input-type=module', '-e', program];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: DIST });
  expect(status, stderr).toBe(0);
  const urls = [...stderr.matchAll(/^LOADED (.*)$/gm)].map(([, url]) => url as string);
  const own = pathToFileURL(DIST).href;
  return urls
    .filter((url) => !url.startsWith('data:') && !url.includes('[eval1]'))
    .flatMap((url) => {
      if (url.startsWith(own)) return sourcesOf(fileURLToPath(url)).map(nameOf);
      return nameOf(url);
    });
}

/** The sources of a file in dist; of a package that is a part of the bundle as well. */
function sourcesOf(file: string): string[] {
  return sourcesIn(relative(DIST, file)).map((source) => source.replace(/^(?:\.\.\/)+(?=src\/)/, ''));
}

function nameOf(path: string): string {
  return path.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? path;
}

const packages = (loaded: readonly string[]) => [
  ...new Set(loaded.filter((each) => !each.includes('/') && !each.startsWith('node:'))),
];

describe("import 'hpo'", () => {
  test('loads what names distributions and errors, and no package', () => {
    const loaded = loadedBy(`await import(${JSON.stringify(LIBRARY)})`);
    expect(loaded).toContain('src/library.ts');
    expect(loaded.filter((each) => !/^src\/(core|protocol|index|library)/.test(each))).toEqual([]);
    expect(loaded.length).toBeLessThan(20);
  });
});

describe('a study in memory', () => {
  const loaded = loadedBy(`
    const { createStudy, float } = await import(${JSON.stringify(LIBRARY)});
    const study = await createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } });
    await study.optimize(({ params }) => params.x, { trials: 2 });
    await study.tell(await study.ask(), 1);
  `);

  test('is asked, told and optimized with one small package', () => {
    expect(loaded).toContain('src/study/sweep/loop.ts');
    expect(packages(loaded)).toEqual(['seedrandom']);
  });

  test('without processes, config files, other samplers, or anything of the trainer', () => {
    const heavy =
      /^src\/(cli\/|trainer\/|loggers\/|executors\/local\/executor)|^src\/config\/(?!spec-diff|duration)|yaml|zod/;
    expect(loaded.filter((each) => heavy.test(each))).toEqual([]);
    const algorithms =
      /^src\/(samplers|pruners|terminators)\/(?!registry|custom|guard|waiting|steps|random|initial-design|tried)/;
    expect(loaded.filter((each) => algorithms.test(each))).toEqual([]);
    // Each of these takes Node itself tens of milliseconds.
    const slow = ['node:child_process', 'node:http', 'node:https', 'node:net', 'node:sqlite'];
    expect(loaded.filter((each) => slow.includes(each))).toEqual([]);
  });
});
