/** Returns the URL of a file of the hpo package, from src and from dist alike: `packageFile('dist/trainer/main.js')`. */
export function packageFile(path: string): URL {
  // A bundle moves code between files, so that a path relative to this one would not hold.
  const here = import.meta.url;
  const root = here.slice(0, Math.max(here.lastIndexOf('/src/'), here.lastIndexOf('/dist/')) + 1);
  return new URL(path, root);
}
