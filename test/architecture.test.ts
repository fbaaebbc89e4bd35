import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { breaches, roomOf, staticImports, staticPackages } from './architecture/check.js';
import { circles, typeQueries } from './architecture/circles.js';
import { LAZY, ROOMS } from './architecture/rooms.js';
import { usesOf } from './architecture/source.js';
import { studyBreaches } from './architecture/study-class.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Path below the folder -> text, of every handwritten file. */
function read(folder: string, ending: RegExp): Map<string, string> {
  const files = readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile() && ending.test(file.name) && !file.parentPath.includes('node_modules'))
      .map((file) => `${file.parentPath}/${file.name}`.slice(root.length + folder.length + 1))
      .sort()
      .map((path) => [path, readFileSync(`${root}${folder}/${path}`, 'utf8')]),
  );
}

/** Another language (AssemblyScript), which tsc does not compile. */
const KERNELS = 'trainer/kernels/';
const everything = read('src', /\.tsx?$/);
const sources = new Map([...everything].filter(([path]) => !path.startsWith(KERNELS)));

describe('the architecture', () => {
  test('the scan finds the sources, and every module of the table', () => {
    const rooms = new Set([...sources.keys()].map(roomOf));
    expect(sources.has('core/space.ts')).toBe(true);
    expect(Object.keys(ROOMS).filter((room) => !rooms.has(room))).toEqual([]);
  });

  test('every file imports only what its module may import, and pure modules have no side effects', () => {
    expect([...sources.keys()].flatMap((path) => breaches(path, sources))).toEqual([]);
  });

  test('no imports form a circle, in src or bench; types count', () => {
    const files = ['src', 'bench'].flatMap((folder) =>
      [...read(folder, /\.tsx?$/)].map(([path, text]) => [`${folder}/${path}`, text] as const),
    );
    expect(circles(new Map(files))).toEqual([]);
    const queries = files.flatMap(([path, text]) => typeQueries(text).map((line) => `${path}:${line}`));
    expect(queries, 'a type of another file is imported by a statement').toEqual([]);
  });

  test('no function takes the class Study as a parameter', () => {
    expect([...sources.keys()].flatMap((path) => studyBreaches(path, sources))).toEqual([]);
  });

  test("the trainer's kernels import only one another", () => {
    const kernels = [...everything].filter(([path]) => path.startsWith(KERNELS));
    expect(kernels.length).toBeGreaterThan(0);
    const imports = kernels.flatMap(([, text]) =>
      [...text.matchAll(/\bfrom '([^']*)'/g)].map(([, from]) => from!),
    );
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((from) => !everything.has(`${KERNELS}${from.replace('./', '')}.ts`))).toEqual([]);
  });

  test('packages that only some commands need are not loaded with the command line', () => {
    const packages = staticPackages('cli/program.ts', sources);
    expect(packages.get('commander')).toBeDefined();
    expect(LAZY.flatMap((name) => packages.get(name) ?? [])).toEqual([]);
  });

  test('nor with the library', () => {
    expect([...staticPackages('index.ts', sources).keys()]).toEqual([]);
    expect([...staticPackages('library/create.ts', sources).keys()]).toEqual(['seedrandom']);
    expect([...staticPackages('library/optimize.ts', sources).keys()]).toEqual(['seedrandom']);
  });

  test('loggers are not loaded with every sweep', () => {
    const { files } = staticImports('cli/optimize/optimize.ts', sources);
    expect(files.has('loggers/registry.ts')).toBe(true);
    const loggers = [...files].filter(([file]) =>
      /^loggers\/(tensorboard|wandb|mlflow|notify|runs|http|events|terminal)\/|\/logger\.ts$/.test(file),
    );
    expect(loggers.map(([, chain]) => chain)).toEqual([]);
  });

  test('no file is longer than 300 lines', () => {
    const folders = ['src', 'test', 'scripts'].flatMap((folder) =>
      [...read(folder, /\.(tsx?|css|mjs|js|cjs|py|sh)$/)].map(
        ([path, text]) => [`${folder}/${path}`, text] as const,
      ),
    );
    const long = folders.flatMap(([path, text]) => {
      const lines = text.split('\n').length - 1;
      return lines > 300 ? [`${path}:301: ${lines} lines, 300 are allowed`] : [];
    });
    expect(long).toEqual([]);
  });

  test('no comment defers work', () => {
    const left = [...sources].flatMap(([path, text]) =>
      text
        .split('\n')
        .flatMap((line, k) =>
          /\b(TODO|FIXME|XXX)\b/.test(line) ? [`src/${path}:${k + 1}: ${line.trim()}`] : [],
        ),
    );
    expect(left).toEqual([]);
  });

  test('nothing is exported by default, so everything has one name', () => {
    const found = [...sources].flatMap(([path, text]) =>
      usesOf(text, /\bexport default\b/g).map(({ line }) => `src/${path}:${line}: export default`),
    );
    expect(found).toEqual([]);
  });
});
