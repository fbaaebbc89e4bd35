import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { sourcesIn } from './source-maps.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** A hook on the loading of modules that says the URL of each. */
const HOOK = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context); }
`)}`;
const REGISTER = `data:text/javascript,${encodeURIComponent(
  `import { register } from 'node:module'; register(${JSON.stringify(HOOK)});`,
)}`;

/** Returns every module that a program loads, in short: the sources in each file of dist, names of packages, node:x. */
export function loadedBy(program: string): string[] {
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

/** Returns the packages among loaded modules, each once. */
export function packagesOf(loaded: readonly string[]): string[] {
  return [...new Set(loaded.filter((each) => !each.includes('/') && !each.startsWith('node:')))];
}
