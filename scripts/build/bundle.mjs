// Bundles src to dist with esbuild: one build for the command line, the library and every program that is started on its
// own. They share their code (dist/chunks), so that an HpoError of one is an HpoError of the other, and code that is
// imported on demand has a file of its own. Also run by itself, where types and kernels do not matter.
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { dist, root, unlessDone, writeWhole } from './files.mjs';
import { licenseTexts } from './licenses.mjs';
import { toLineMap } from './line-maps.mjs';
import { packedMaps } from './packed-maps.mjs';
import { shortenAll, shortenLocals } from './short-locals.mjs';
import { shortNames, withShortNames } from './short-names.mjs';

/** Each becomes the file of the same path in dist. */
const ENTRIES = [
  'src/index.ts',
  'src/cli/main.ts',
  'src/cli/doctor/worker.ts',
  'src/dashboard/server/importance-worker.ts',
  'src/loggers/wandb/sdk-child.ts',
  'src/threads/worker.ts',
  'src/trainer/main.ts',
];

/**
 * Packages that become part of the bundle. They have a hundred files that every command would load one by one, half of
 * its time. They are development dependencies, since an installed hpo does not need them. Every other package stays one.
 */
const BUNDLED = ['commander', 'csv-parse', 'yaml', 'zod'];

/** Parts of dist that other steps of the build write. */
const OTHERS = ['.build', 'dashboard', join('trainer', 'kernels')];

/** Lines stay short, since Node prints the line of an uncaught error. */
const LINES = { target: 'node20.19', lineLimit: 160 };

export function buildBundle() {
  const inputs = ['src', 'scripts/build', 'package.json', 'tsconfig.json'];
  return unlessDone(
    'bundle.done',
    inputs.map((path) => join(root, path)),
    bundle,
  );
}

async function bundle() {
  const esbuild = await import('esbuild');
  const { metafile, outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outbase: 'src',
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    ...LINES,
    plugins: [externalPackages, packagesWithoutLines],
    // What a bundled CommonJS package requires is built into Node.
    banner: { js: 'var require = process.getBuiltinModule;' },
    minifyWhitespace: true,
    minifySyntax: true,
    // For the traces of defects (src/cli/defect.ts). Nothing reads them otherwise.
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  rejectEmptyImports(metafile);
  const entries = new Set(
    ENTRIES.map((path) => join(root, path.replace('src/', 'dist/').replace('.ts', '.js'))),
  );
  const names = shortNames(outputFiles.map(({ path }) => basename(path)));
  const files = await Promise.all(outputFiles.map((file) => shortened(file, outputFiles, names)));
  const written = files.flat();
  // All maps in one compressed file: only the trace of a defect reads them, and one for each chunk took a tenth of the package.
  const maps = Object.fromEntries(written.map(({ path, map }) => [relative(dist, path), map]));
  writeWhole(join(dist, 'maps.json.br'), brotliCompressSync(packedMaps(maps)));
  // A program that starts meanwhile finds every chunk that an entry names.
  for (const { path, code } of written.toSorted((a, b) => entries.has(a.path) - entries.has(b.path)))
    writeWhole(path, code);
  chmodSync(join(dist, 'cli', 'main.js'), 0o755);
  writeWhole(join(dist, 'LICENSES.txt'), licenseTexts(Object.keys(metafile.inputs)));
  removeOthers(new Set(written.map(({ path }) => path)));
}

/** Returns a file of code as it is published, with its source map; nothing for a source map. */
async function shortened({ path, text }, files, names) {
  if (path.endsWith('.map')) return [];
  const given = files.find((file) => file.path === `${path}.map`).text;
  const made = await shortenLocals(text, given, LINES);
  const { code, lost } = withShortNames(made.code, names);
  const name = names.get(basename(path)) ?? basename(path);
  return [{ path: join(dirname(path), name), code, map: toLineMap(made.map, lost) }];
}

/** Fails on an import on demand of bundled CommonJS, which would have no named exports. */
function rejectEmptyImports({ inputs }) {
  for (const [path, { imports }] of Object.entries(inputs))
    for (const { kind, path: target } of imports)
      if (kind === 'dynamic-import' && inputs[target]?.format === 'cjs')
        throw new Error(
          `${path} imports ${target} on demand, which is CommonJS: its names would be undefined; import it statically, in a file that is loaded on demand`,
        );
}

/** Leaves every package but the bundled ones, and what those use, to Node. */
const externalPackages = {
  name: 'external-packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      // The edition of ES modules: an import on demand of bundled CommonJS would have no named exports.
      if (path === 'yaml') return { path: join(root, 'node_modules', 'yaml', 'browser', 'index.js') };
      if (kind === 'entry-point' || importer.includes(`${sep}node_modules${sep}`)) return null;
      return BUNDLED.some((name) => path === name || path.startsWith(`${name}/`))
        ? null
        : { path, external: true };
    });
  },
};

/** Keeps the lines and names of bundled packages out of what is published. */
const packagesWithoutLines = {
  name: 'packages-without-lines',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const map = { version: 3, sources: [basename(path)], names: [], mappings: 'AAAA' };
      const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
      const text = readFileSync(path, 'utf8');
      const isModule = /^(?:import|export)\b/m.test(text);
      const contents = isModule ? await shortenAll(text) : text;
      return { contents: `${contents}\n//# sourceMappingURL=${url}`, loader: 'js' };
    });
  },
};

/** Removes code of earlier builds. */
function removeOthers(written) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const isCode = entry.isFile() && /\.js(\.map)?$/.test(entry.name);
    const place = relative(dist, dirname(file));
    const isOther = OTHERS.some((folder) => place === folder || place.startsWith(folder + sep));
    if (isCode && !isOther && !written.has(file)) rmSync(file);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildBundle();
