import { HpoError } from './errors.js';

/**
 * Returns the URL of a file of the hpo package, from src and from dist alike: `packageFile('dist/trainer/main.js')`.
 * @throws HpoError package.bundled in a program that a bundler has put together with hpo.
 */
export function packageFile(path: string): URL {
  const root = packageRoot();
  if (root !== null) return new URL(path, root);
  throw new HpoError('package.bundled', `expected ${path} of hpo's package, got code of hpo in a bundle`, {
    fix: 'leave hpo out of the bundle (esbuild --external:hpo), and install it beside',
  });
}

/**
 * Returns the URL of the package's folder, with a slash at its end. In a program that a bundler has put together with hpo: null, or a
 * folder of that program where the bundle lies in one named src or dist.
 */
export function packageRoot(): string | null {
  // A bundle moves code between files, so that a path relative to this one would not hold. One in CommonJS has no URL.
  const here = import.meta.url as string | undefined;
  const end = here ? Math.max(here.lastIndexOf('/src/'), here.lastIndexOf('/dist/')) : -1;
  return here === undefined || end < 0 ? null : here.slice(0, end + 1);
}
