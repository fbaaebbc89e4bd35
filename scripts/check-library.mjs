// Checks the packed tarball as a library: it is small and has no data, every kind of resolution finds its types, and it
// works in an empty project under each version of Node as npm installs it. From 22.13 on Node's own SQLite is used;
// before, studies are in memory here. Other versions of Node come from npm; without access to it they are skipped.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAJORS, nodeOf, versionOf } from './other-nodes.mjs';
import { expect, programsUnder, report } from './programs.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hpo-library-'));
const LARGEST_BYTES = 1_000_000;

/** Optimizes in a file, or in memory where there is no SQLite, and prints the result. */
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
import { createStudy, float, categorical, tpe, type Sampler, type Study } from 'hpo';
const study = await createStudy({ direction: 'minimize', space: { x: float(0, 1), opt: categorical(['sgd', 'adam']) } });
const same: Study<{ readonly x: number; readonly opt: 'sgd' | 'adam' }> = study;
await same.optimize(async ({ params }) => {
  // @ts-expect-error: it is no choice
  if (params.opt === 'rmsprop') return 0;
  return params.x;
});
const sampler: Sampler = { sample: (_space, _view, { rng }) => ({ params: { x: rng.float() } }) };
// @ts-expect-error: there is no such option
await createStudy({ direction: 'minimize', sampler, smapler: 1 });
await using several = await createStudy({
  objectives: { quality: 'maximize', cents: 'minimize' },
  space: { x: float(0, 1), y: float(0, 1).when({ x: { gt: 0.5 } }) },
  sampler: tpe({ startupTrials: 3 }),
});
for await (const trial of several.run({ trials: '+3', trialTimeout: '30s' })) {
  const values: number = trial.params.x + (trial.params.y ?? 0);
  await trial.complete({ quality: values, cents: 1 });
}
// @ts-expect-error: none of several is best
await several.best();
// @ts-expect-error: no unit of time
several.run({ trialTimeout: '30 parsecs' });
`;

await report('packed library', async () => {
  try {
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const [{ filename, size, files }] = JSON.parse(
      (await programsUnder(process.execPath, folder)(root, 'npm', pack)).stdout,
    );
    expect(size < LARGEST_BYTES, `a tarball below ${LARGEST_BYTES} bytes, got ${size}`);
    const odd = files
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^(dist|cfg|python|skills)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path),
      );
    expect(odd.length === 0, `no data and no sources in the tarball, got ${odd.join(', ')}`);
    const projects = await Promise.all(MAJORS.map((major) => checkUnder(major, join(folder, filename))));
    await checkTypes(projects.find((project) => project !== null));
    return `${Math.round(size / 1000)} kB`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Returns the project's folder; null when this Node is not available. */
async function checkUnder(major, tarball) {
  const node = nodeOf(major, folder);
  if (node === null) {
    console.log(`packed library: SKIPPED ${major}, npm could not install node@${major}`);
    return null;
  }
  const project = join(folder, `under-${major}`);
  mkdirSync(project);
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  const under = programsUnder(node, join(folder, `home-${major}`));
  const run = async (program, ...args) => (await under(project, program, args)).stdout;
  await run('npm', 'init', '-y');
  await run('npm', 'install', '--no-audit', '--no-fund', tarball);
  // Before 22.13 Node has no SQLite of its own, and users install better-sqlite3 themselves.
  const ownSqlite = major !== '20';
  const said = await run('node', 'program.mjs', ownSqlite ? 'sqlite:study.db' : 'memory:');
  expect(said === 'sgd cccpcccc', `a study under Node ${major} to end as under the others, got ${said}`);
  const required = await run('node', '-p', "Object.keys(require('hpo')).includes('createStudy')");
  expect(required === 'true', `require('hpo') to work under Node ${major}`);
  if (ownSqlite) await checkSweep(major, (...args) => under(project, 'npx', ['hpo', ...args]));
  console.log(
    `packed library: ok under ${versionOf(node)}${ownSqlite ? ', with its own SQLite' : ', in memory'}`,
  );
  return project;
}

async function checkSweep(major, hpo) {
  await hpo('init', '--node');
  const { stdout, stderr } = await hpo('optimize');
  expect(
    stdout.includes('has reached its budget') && stdout.includes('[20/20, '),
    `hpo optimize under Node ${major} to finish 20 trials, got ${stdout}`,
  );
  expect(!stderr.includes('Warning'), `no warning of Node ${major}, got ${stderr}`);
}

async function checkTypes(project) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  writeFileSync(join(project, 'typed.mts'), TYPED);
  const kinds = [
    ['--module', 'nodenext'],
    ['--module', 'preserve', '--moduleResolution', 'bundler'],
  ];
  for (const kind of kinds) {
    const args = ['--noEmit', '--strict', '--target', 'es2023', '--types', '', ...kind, 'typed.mts'];
    await programsUnder(process.execPath, folder)(project, process.execPath, [compiler, ...args]);
  }
}
