import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { importsOf, usesOf } from './source.js';

/** Test files by the Vitest project that runs them, as paths below the root of the repository. */
export type Projects = { readonly pure: readonly string[]; readonly process: readonly string[] };

/** Text of a file by its path below the root; undefined where there is no such file. */
export type ReadText = (path: string) => string | undefined;

/** Modules that start processes, threads or servers, and TensorFlow.js, whose backends are global to a process. */
const NEEDS_PROCESS = /^(?:node:(?:child_process|worker_threads|http|net)|execa|@tensorflow\/.*)$/;

/** Helpers that run a program only to learn what this machine has, or to mount a disk, and wait for it. */
const PROBES = [
  'test/support/apart.ts',
  'test/support/lavapipe.ts',
  'test/support/real-part.ts',
  'test/support/tmpfs.ts',
];

/** Every test file of the repository by its project. */
export function projectsOf(root: string): Projects {
  const texts = new Map<string, string>();
  for (const folder of ['src', 'test']) {
    for (const file of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${file}`;
      if (path.endsWith('.ts')) texts.set(path, readFileSync(`${root}/${path}`, 'utf8'));
    }
  }
  const read = (path: string) => texts.get(path);
  const tests = [...texts.keys()].filter((path) => path.endsWith('.test.ts')).sort();
  const pure = tests.filter((path) => whyProcess(path, read) === null);
  return { pure, process: tests.filter((path) => !pure.includes(path)) };
}

/**
 * Why a test file belongs to the project `process`, as a chain of files; null for a test of the project `pure`. A test
 * needs a process of its own when it, or a file that it loads, can start a process, a thread or a server, when it loads
 * TensorFlow.js, and when it replaces modules.
 */
export function whyProcess(test: string, read: ReadText): string | null {
  if (usesOf(read(test) ?? '', /\bvi\.(?:mock|doMock)\(/g).length > 0) return `${test} replaces modules`;
  const chains = new Map([[test, test]]);
  // A Map yields what is added while it is walked: a breadth-first search, so the chain is the shortest.
  for (const [file, chain] of chains) {
    if (PROBES.includes(file)) continue;
    for (const { specifier, kind } of importsOf(read(file) ?? '')) {
      if (kind === 'type' || specifier === null) continue;
      if (NEEDS_PROCESS.test(specifier)) return `${chain} -> ${specifier}`;
      if (!specifier.startsWith('.')) continue;
      const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
      if (!chains.has(target)) chains.set(target, `${chain} -> ${target}`);
    }
  }
  return null;
}
