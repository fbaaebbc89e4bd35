// Proves the packed tarball as a library: small, without data, its types found by every kind of resolution, and at work
// in an empty project under each version of Node, without the optional packages and without a compiler. There Node's
// own SQLite serves (22.13 and later); before, studies live in memory. Other versions come from npm; without a way there
// they are skipped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAJORS, nodeOf, versionOf } from './other-nodes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hpo-library-'));
/** What a way to npm's registry may need; Node of a distribution trusts its certificates, and others have to be told. */
const NETWORK = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(NODE_EXTRA_CA_CERTS|(https?|no)_proxy)$/i.test(name)),
);
const LARGEST_BYTES = 1_000_000;

/** Optimizes in a file, or in memory where there is no SQLite, and prints what it found. */
const PROGRAM = `
import { createStudy, float, categorical, TrialPruned } from 'hpo';
const [storage] = process.argv.slice(2);
const study = await createStudy({
  storage, direction: 'minimize', seed: 1, sampler: 'tpe',
  space: { x: float(-1, 1), opt: categorical(['sgd', 'adam']) },
});
await study.optimize(({ params, number }) => {
  if (number === 3) throw new TrialPruned();
  return params.x ** 2 + params.opt.length;
}, { trials: 8, concurrency: 2 });
const { params } = await study.best();
console.log(params.opt, (await study.trials()).map(({ state }) => state[0]).join(''));
await study.close();
`;

/** Compiled, never run. */
const TYPED = `
import { createStudy, float, categorical, type LibraryStudy, type Sampler } from 'hpo';
const study = await createStudy({ direction: 'minimize', space: { x: float(0, 1), opt: categorical(['sgd', 'adam']) } });
const same: LibraryStudy<{ readonly x: number; readonly opt: 'sgd' | 'adam' }> = study;
await same.optimize(async ({ params }) => {
  // @ts-expect-error: it is no choice
  if (params.opt === 'rmsprop') return 0;
  return params.x;
});
const sampler: Sampler = { sample: (_space, _view, { rng }) => ({ params: { x: rng.float() } }) };
// @ts-expect-error: there is no such option
await createStudy({ direction: 'minimize', sampler, smapler: 1 });
`;

try {
  const { filename, size, files } = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  )[0];
  expect(size < LARGEST_BYTES, `a tarball below ${LARGEST_BYTES} bytes, got ${size}`);
  const odd = files
    .map(({ path }) => path)
    .filter((path) => !/^(dist|cfg)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path));
  expect(odd.length === 0, `no data and no sources in the tarball, got ${odd.join(', ')}`);
  const projects = MAJORS.map((major) => checkUnder(major, join(folder, filename)));
  checkTypes(projects.find((project) => project !== null));
  console.log(`packed library: ok, ${Math.round(size / 1000)} kB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The project that was made; null when there is no such Node here. */
function checkUnder(major, tarball) {
  const node = nodeOf(major, folder);
  if (node === null) {
    console.log(`packed library: SKIPPED ${major}, npm could not bring node@${major}`);
    return null;
  }
  const project = join(folder, `under-${major}`);
  mkdirSync(project);
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  const path = `${dirname(node)}${delimiter}${process.env.PATH}`;
  run('npm', ['init', '-y'], project, path);
  run(
    'npm',
    ['install', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', tarball],
    project,
    path,
  );
  // Before 22.13 Node has no SQLite of its own, and nothing was compiled.
  const ownSqlite = major !== '20';
  const said = run(node, ['program.mjs', ownSqlite ? 'sqlite:study.db' : 'memory:'], project, path).trim();
  expect(said === 'sgd cccpcccc', `a study under Node ${major} to end as everywhere, got ${said}`);
  const required = run(
    node,
    ['-p', "Object.keys(require('hpo')).includes('createStudy')"],
    project,
    path,
  ).trim();
  expect(required === 'true', `require('hpo') to work under Node ${major}`);
  if (ownSqlite) {
    run('npx', ['hpo', 'init', '--node'], project, path);
    const swept = run('npx', ['hpo', 'optimize'], project, path);
    expect(
      swept.includes('20 complete'),
      `hpo optimize under Node ${major} to complete 20 trials, got ${swept}`,
    );
  }
  console.log(
    `packed library: ok under ${versionOf(node)}${ownSqlite ? ', with its own SQLite' : ', in memory'}`,
  );
  return project;
}

function checkTypes(project) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  writeFileSync(join(project, 'typed.mts'), TYPED);
  const kinds = [
    ['--module', 'nodenext'],
    ['--module', 'preserve', '--moduleResolution', 'bundler'],
  ];
  for (const kind of kinds) {
    const args = ['--noEmit', '--strict', '--target', 'es2023', '--types', '', ...kind, 'typed.mts'];
    run(process.execPath, [compiler, ...args], project);
  }
}

function run(program, args, cwd, path = process.env.PATH) {
  const env = { ...NETWORK, PATH: path, HOME: folder, NODE_NO_WARNINGS: '1' };
  return execFileSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
  });
}

function expect(holds, what) {
  if (holds) return;
  console.error(`packed library: expected ${what}`);
  process.exitCode = 1;
  throw new Error(what);
}
