// Builds the documentation as a site: `npm run docs:build`, offline, into .site/out; no tracked file changes. Pages are
// copied to .site/src as they lie in the repository, so that their links hold; a link that leads nowhere fails the build.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pages, root } from './blocks.mjs';
import { buildApi } from './build-api.mjs';

const site = join(root, '.site');
const source = join(site, 'src');
const out = join(site, 'out');

rmSync(site, { recursive: true, force: true });
for (const path of [...pages(), 'CHANGELOG.md']) copy(path);
for (const folder of ['docs/bench', 'docs/images', 'docs/plots', 'docs/samplers'])
  cpSync(join(root, folder), join(source, folder), { recursive: true });
cpSync(join(root, 'LICENSE'), join(source, 'LICENSE'));
cpSync(join(root, 'scripts', 'docs', 'site'), join(source, '.vitepress'), { recursive: true });
cpSync(join(root, 'scripts', 'docs', 'site', 'home.md'), join(source, 'index.md'));

run('vitepress', ['build', source, '--outDir', out]);
buildApi();
const dead = deadAnchors();
if (dead.length > 0) {
  console.error(
    `error[docs.dead-link]: expected every link to lead to a heading, got\n  ${dead.join('\n  ')}`,
  );
  process.exit(1);
}
console.log(`docs: ${join('.site', 'out')}`);

/** Links within the site whose page or heading does not exist; VitePress checks the pages of Markdown links alone. */
function deadAnchors() {
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.html'),
  );
  const texts = new Map(files.map((name) => [`/${name}`, readFileSync(join(out, name), 'utf8')]));
  const ids = new Map(
    [...texts].map(([name, text]) => [
      name,
      new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  // typedoc checks its own pages.
  const own = [...texts].filter(([name]) => !name.startsWith('/api/'));
  return own.flatMap(([name, text]) =>
    [...text.matchAll(/ href="([^"]+)"/g)].flatMap(([, href]) => {
      if (/^[a-z]+:/.test(href)) return [];
      const { pathname, hash } = new URL(href, `http://site${name}`);
      if (/\.(?:css|js|svg|woff2)$/.test(pathname)) return [];
      const target = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
      const isThere =
        ids.has(target) && (hash === '' || ids.get(target).has(decodeURIComponent(hash.slice(1))));
      return isThere ? [] : [`${name}: ${href}`];
    }),
  );
}

function copy(path) {
  mkdirSync(dirname(join(source, path)), { recursive: true });
  writeFileSync(join(source, path), readFileSync(join(root, path)));
}

/** Runs a program of a development dependency; its failure is the failure of this build. */
function run(name, args) {
  const program = join(root, 'node_modules', '.bin', name);
  if (!existsSync(program)) {
    console.error(`error[docs.no-generator]: ${name} is not installed\n  fix: npm ci`);
    process.exit(1);
  }
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
