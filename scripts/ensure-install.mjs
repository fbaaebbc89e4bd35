// Makes a checkout ready to run: installs the packages of the lock file when node_modules is missing or older than it,
// and compiles src with --build. Uses only Node's own modules, because it runs before anything is installed.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `error[install.node-version]: hpo needs Node 20.19 or later, this is ${process.versions.node}`,
  );
  process.exit(2);
}
if (isLinked()) checkLinked();
else if (isStale()) install();
if (process.argv.includes('--build')) {
  const { build } = await import(pathToFileURL(join(root, 'scripts', 'build.mjs')).href);
  await build();
}

/** A second work tree may share the packages of the first one. */
function isLinked() {
  return lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** `npm ci` would empty the folder that the link leads to, under all who use it: installing there is left to its owner. */
function checkLinked() {
  if (existsSync(join(root, 'node_modules', '.package-lock.json'))) return;
  console.error(
    'error[install.linked]: expected installed packages behind the link node_modules, got none\n' +
      '  fix: npm ci in the checkout that it leads to',
  );
  process.exit(2);
}

/** npm writes node_modules/.package-lock.json last, so an interrupted install counts as stale too. */
function isStale() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return true;
  return statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  const env = { ...process.env };
  // better-sqlite3 is compiled where its prebuilt binary cannot be downloaded; the headers that came with Node save a download.
  const prefix = dirname(dirname(process.execPath));
  if (!env.npm_config_nodedir && existsSync(join(prefix, 'include', 'node', 'node.h')))
    env.npm_config_nodedir = prefix;
  // A nested npm must not inherit the settings of the npm that runs this script (dry-run, workspaces, json).
  for (const name of ['npm_config_dry_run', 'npm_config_json', 'npm_config_omit', 'npm_config_global'])
    delete env[name];
  // The build runs below; `prepare` would run it a second time.
  env.HPO_SKIP_PREPARE = '1';
  console.log('hpo: installing packages (the first time this takes a minute or two: SQLite is compiled) ...');
  try {
    npmCi(env);
  } catch (error) {
    // Without a compiler SQLite's addon fails. Where Node has its own SQLite, only tests of the addon need it.
    if (process.getBuiltinModule?.('node:sqlite') === undefined) throw error;
    console.log(
      'hpo: that failed; installing once more without compiling, because Node has its own SQLite ...',
    );
    npmCi(env, '--ignore-scripts');
  }
}

function npmCi(env, ...more) {
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error', ...more];
  execFileSync(program, args, { cwd: root, env, stdio: 'inherit' });
}
