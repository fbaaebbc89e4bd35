// Bundles the page of the dashboard for browsers: src/dashboard/page to dist/dashboard.
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const COPIED = ['index.html', 'icon.svg'];

/** Does nothing when the page is newer than its sources. */
export function buildPage(root) {
  const source = join(root, 'src', 'dashboard', 'page');
  const out = join(root, 'dist', 'dashboard');
  const outputs = ['app.js', 'app.css', ...COPIED].map((name) => join(out, name));
  const inputs = ['src', 'package-lock.json', 'scripts/build'].map((path) => join(root, path));
  if (outputs.every((path) => existsSync(path)) && newestMs(inputs) < oldestMs(outputs)) return;
  const { buildSync } = createRequire(join(root, 'package.json'))('esbuild');
  mkdirSync(out, { recursive: true });
  buildSync({
    absWorkingDir: root,
    entryPoints: [
      { in: join(source, 'main.tsx'), out: 'app' },
      { in: join(source, 'css', 'app.css'), out: 'app' },
    ],
    outdir: out,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  for (const name of COPIED) copyFileSync(join(source, name), join(out, name));
}

/** Time of the newest file of these files and folders; a folder's own time shows what was deleted. */
function newestMs(paths) {
  let newest = 0;
  for (const path of paths) {
    const stat = statSync(path);
    newest = Math.max(newest, stat.mtimeMs);
    if (stat.isDirectory())
      newest = Math.max(newest, newestMs(readdirSync(path).map((name) => join(path, name))));
  }
  return newest;
}

function oldestMs(paths) {
  return Math.min(...paths.map((path) => statSync(path).mtimeMs));
}
