import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { IMPURE, INEXACT, ONLY_IN, ROOMS } from './rooms.js';
import { type Import, importsOf, usesOf } from './source.js';

/** Path below src/ with forward slashes -> text. */
export type Sources = ReadonlyMap<string, string>;

const BUILTINS = new Set(builtinModules);

/**
 * Returns the module of a file: `core/space.ts` is in core; a file directly in src/ is its own module. The page of the
 * dashboard is a module of its own, since it runs in browsers.
 */
export function roomOf(path: string): string {
  if (path.startsWith('dashboard/page/')) return 'page';
  return path.includes('/') ? (path.split('/')[0] as string) : path.replace(/\.ts$/, '');
}

/** Returns all breaches of the table of allowed imports in a file, as `src/FILE:LINE: what`. */
export function breaches(path: string, sources: Sources): string[] {
  const text = sources.get(path) as string;
  const at = (line: number, what: string) => `src/${path}:${line}: ${what}`;
  const room = ROOMS[roomOf(path)];
  if (!room) return [at(1, `${roomOf(path)} is not in the table of test/architecture/rooms.ts`)];
  const found = importsOf(text).flatMap((each) => {
    const what = breach(path, each, sources);
    return what === null ? [] : [at(each.line, what)];
  });
  if (!room.pure) return found;
  for (const { name, line } of usesOf(text, IMPURE)) found.push(at(line, `${name} in a pure module`));
  for (const { name, line } of usesOf(text, INEXACT))
    found.push(at(line, `${name} differs in its last bits between Node versions`));
  return found;
}

function breach(path: string, { specifier }: Import, sources: Sources): string | null {
  const name = roomOf(path);
  const room = ROOMS[name] as (typeof ROOMS)[string];
  if (specifier === null) {
    const may = room.computedImports === true || room.computedImports?.includes(path);
    return may ? null : 'an import whose name is computed hides what it loads';
  }
  if (specifier.startsWith('.')) {
    const target = resolveImport(path, specifier, sources);
    if (!sources.has(target)) return `${specifier} does not exist (src/${target})`;
    if (roomOf(target) === name) return null;
    return room.ours.some((each) => (each.endsWith('/') ? target.startsWith(each) : target === `${each}.ts`))
      ? null
      : `${name} must not import ${target}`;
  }
  if (specifier.startsWith('node:') || BUILTINS.has(specifier)) {
    if (!specifier.startsWith('node:')) return `write node:${specifier}`;
    return room.builtins === 'any' || room.builtins.includes(specifier)
      ? null
      : `${name} must not use ${specifier}`;
  }
  const wanted = packageOf(specifier);
  if (!room.packages.includes(wanted)) return `${name} must not use the package ${wanted}`;
  const only = ONLY_IN[wanted];
  return only === undefined || only === path ? null : `only src/${only} may use the package ${wanted}`;
}

function resolveImport(from: string, specifier: string, sources: Sources): string {
  const path = posix.join(posix.dirname(from), specifier);
  const withMarkup = path.replace(/\.js$/, '.tsx');
  return sources.has(withMarkup) ? withMarkup : path.replace(/\.js$/, '.ts');
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

type Chains = { readonly files: ReadonlyMap<string, string>; readonly packages: ReadonlyMap<string, string> };

/** Returns all files and packages that load with a file, each with the files that lead to it: `cli/main.ts -> a.ts -> zod`. */
export function staticImports(entry: string, sources: Sources): Chains {
  const packages = new Map<string, string>();
  const files = new Map([[entry, entry]]);
  // Iterating a Map includes entries added meanwhile: a breadth-first search, so chains are the shortest.
  for (const [file, chain] of files) {
    for (const { specifier, kind } of importsOf(sources.get(file) ?? '')) {
      if (kind !== 'static' || specifier === null || specifier.startsWith('node:')) continue;
      if (!specifier.startsWith('.')) {
        const name = packageOf(specifier);
        if (!packages.has(name)) packages.set(name, `${chain} -> ${name}`);
      } else {
        const target = resolveImport(file, specifier, sources);
        if (!files.has(target)) files.set(target, `${chain} -> ${target}`);
      }
    }
  }
  return { files, packages };
}

/** Returns the packages that load with a file, as in `staticImports`. */
export function staticPackages(entry: string, sources: Sources): ReadonlyMap<string, string> {
  return staticImports(entry, sources).packages;
}
