import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sourcesIn } from '../support/source-maps.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIST = join(ROOT, 'dist');

/** The sources in each file of code in dist, by the file's path. */
function sourcesByFile(): Map<string, readonly string[]> {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter(
    // The page is another bundle.
    (path) => path.endsWith('.js') && !path.startsWith('dashboard'),
  );
  return new Map(
    files.map((path) => {
      const sources = sourcesIn(path).map((source) => relative(ROOT, join(DIST, path, '..', source)));
      return [path, sources] as const;
    }),
  );
}

describe('the bundle', () => {
  const files = sourcesByFile();

  test('has each source once, so that the command line and the library share classes and state', () => {
    const sources = [...files.values()].flat();
    expect(sources).toContain('src/core/errors.ts');
    expect(sources.filter((source, k) => sources.indexOf(source) !== k)).toEqual([]);
  });

  test('has every program that hpo starts on its own at the place where it looks for it', () => {
    const named = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => [
        ...readFileSync(join(ROOT, 'src', path), 'utf8').matchAll(/packageFile\('([^']+)'\)/g),
      ])
      .map(([, path]) => path as string);
    expect(named).toContain('dist/trainer/main.js');
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('finds files of hpo from every chunk: no source looks for them beside itself', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    const relative = sources.filter((path) =>
      /new URL\([^)]*import\.meta/.test(readFileSync(join(ROOT, 'src', path), 'utf8')),
    );
    expect(relative, 'use packageFile of core/package-file.ts').toEqual([]);
  });

  test('comes with the license of every package in it', () => {
    const names = [...files.values()]
      .flat()
      .flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    expect(names).toContain('zod');
    const licenses = readFileSync(join(DIST, 'LICENSES.txt'), 'utf8');
    for (const name of new Set(names))
      expect(licenses).toMatch(
        new RegExp(`^${name} \\d\\S* \\((?:MIT|ISC)\\)\\n\\n[\\s\\S]*?Copyright`, 'm'),
      );
  });

  test('needs no package at run time that an installed hpo does not bring', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, object>;
    const brought = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const wanted = [...files.keys()].flatMap((path) =>
      [
        ...readFileSync(join(DIST, path), 'utf8').matchAll(
          /(?:^|;)(?:import|export)\b[^"'`;()]*?"([^".][^"]*)";/gm,
        ),
      ].map(([, name]) => name as string),
    );
    const packages = wanted.filter((name) => !name.startsWith('node:'));
    expect(packages).toContain('seedrandom');
    expect(
      packages.filter((name) => !brought.some((each) => name === each || name.startsWith(`${each}/`))),
    ).toEqual([]);
  });
});
