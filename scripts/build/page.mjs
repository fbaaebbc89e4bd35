// Bundles the page of the dashboard for browsers: src/dashboard/page to dist/dashboard.
import { readFileSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { dist, root, unlessDone, writeWhole } from './files.mjs';
import { licenseTexts } from './licenses.mjs';

const SOURCE = join(root, 'src', 'dashboard', 'page');
const OUT = join(dist, 'dashboard');
const COPIED = ['index.html', 'icon.svg'];
/** Kept compressed, as most browsers receive it: a seventh smaller than in the package's own compression. */
const COMPRESSED = 'app.js';

export function buildPage() {
  // The page also imports what the server sends and how it is encoded, and more may follow: any source may be a part.
  const inputs = ['src', 'scripts/build', 'package.json', 'tsconfig.json'];
  return unlessDone(
    'page.done',
    inputs.map((path) => join(root, path)),
    bundle,
  );
}

async function bundle() {
  const esbuild = await import('esbuild');
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      { in: join(SOURCE, 'main.tsx'), out: 'app' },
      { in: join(SOURCE, 'css', 'app.css'), out: 'app' },
    ],
    outdir: OUT,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'inline',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles)
    if (path.endsWith(`${sep}${COMPRESSED}`)) writeWhole(`${path}.br`, brotliCompressSync(contents));
    else writeWhole(path, contents);
  // Of an earlier build.
  rmSync(join(OUT, COMPRESSED), { force: true });
  for (const name of COPIED) writeWhole(join(OUT, name), readFileSync(join(SOURCE, name)));
  writeWhole(join(OUT, 'LICENSES.txt'), licenseTexts(Object.keys(metafile.inputs)));
}
