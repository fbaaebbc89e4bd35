// A real cluster of Debian's Grid Engine with one node, on this machine, under one folder. It needs root, and no systemd.
//   node scripts/real/gridengine.mjs start FOLDER   prints the variables that its commands need: export SGE_ROOT=...
//   node scripts/real/gridengine.mjs stop FOLDER    ends its jobs and daemons, and removes the folder
// apt-get install --no-install-recommends gridengine-master gridengine-exec gridengine-client
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { endDaemon, freePorts, until } from './daemons.mjs';

const INSTALLED = '/var/lib/gridengine';
const INIT = '/usr/share/gridengine/scripts/init_cluster';
const SLOTS = 8;
const LIMIT_MS = 30_000;
/** What is changed in the forms of qconf: the defaults are for a cluster of many users and long jobs. */
const CHANGES = {
  hostname: 'localhost',
  hostlist: 'localhost',
  slots: String(SLOTS),
  load_thresholds: 'NONE',
  pe_list: 'NONE',
  min_uid: '0',
  min_gid: '0',
  schedule_interval: '0:0:1',
  flush_submit_sec: '1',
  flush_finish_sec: '1',
  job_load_adjustments: 'NONE',
};

/** Starts a cluster in a new folder and resolves with the variables that its commands need. */
export async function startGridEngine(folder) {
  const dir = resolve(folder);
  const root = join(dir, 'root');
  const common = join(root, 'default', 'common');
  mkdirSync(dir, { recursive: true });
  cpSync(INSTALLED, root, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== join(INSTALLED, 'default'),
  });
  for (const name of ['qmaster/job_scripts', 'spooldb', 'execd'])
    mkdirSync(join(dir, name), { recursive: true });
  mkdirSync(common, { recursive: true });
  const [master, execd] = await freePorts(2);
  const variables = {
    SGE_ROOT: root,
    SGE_CELL: 'default',
    SGE_QMASTER_PORT: String(master),
    SGE_EXECD_PORT: String(execd),
  };
  const env = { ...process.env, ...variables };
  const spool = join(dir, 'spooldb');
  writeFileSync(
    join(common, 'bootstrap'),
    `Version: 6.2
admin_user              sgeadmin
default_domain          none
ignore_fqdn             false
spooling_method         berkeleydb
spooling_lib            libspoolb
spooling_params         ${spool}
binary_path             /usr/sbin
qmaster_spool_dir       ${dir}/qmaster
security_mode           none
listener_threads        2
worker_threads          2
scheduler_threads       1
`,
  );
  writeFileSync(join(common, 'act_qmaster'), 'localhost\n');
  writeFileSync(join(common, 'host_aliases'), `localhost ${hostname()}\n`);
  execFileSync('chown', ['-R', 'sgeadmin:sgeadmin', dir]);
  const asAdmin = (...words) =>
    execFileSync('setpriv', ['--reuid=sgeadmin', '--regid=sgeadmin', '--clear-groups', ...words], {
      env,
      stdio: 'pipe',
      timeout: LIMIT_MS,
    });
  asAdmin(INIT, root, 'default', spool, 'sgeadmin');
  execFileSync('sge_qmaster', [], { env, stdio: 'ignore' });
  await until(() => run(env, 'qconf', '-sh').status === 0, LIMIT_MS);
  run(env, 'qconf', '-as', 'localhost');
  const editor = join(dir, 'editor.sh');
  const edits = Object.entries(CHANGES).map(([name, value]) => `-e 's/^${name} .*/${name} ${value}/'`);
  edits.push(`-e 's#^execd_spool_dir .*#execd_spool_dir ${dir}/execd#'`);
  // qconf takes a form as changed only if its time differs by a second.
  writeFileSync(editor, `#!/bin/sh\nsed -i ${edits.join(' ')} "$1"\ntouch -d '+2 seconds' "$1"\n`);
  chmodSync(editor, 0o755);
  const edit = (...words) =>
    execFileSync('qconf', words, { env: { ...env, EDITOR: editor }, stdio: 'pipe', timeout: LIMIT_MS });
  edit('-mconf', 'global');
  edit('-msconf');
  edit('-ae');
  edit('-aq', 'all.q');
  execFileSync('sge_execd', [], { env, stdio: 'ignore' });
  await until(() => / lx-amd64 +$/m.test(run(env, 'qstat', '-f').stdout), LIMIT_MS);
  return variables;
}

/** Ends what runs in a cluster, then its daemons, and removes its folder. */
export async function stopGridEngine(folder, variables) {
  const dir = resolve(folder);
  const env = { ...process.env, ...variables };
  run(env, 'qdel', '-f', '-u', '*');
  for (const file of [
    join(dir, 'execd', 'localhost', 'execd.pid'),
    join(dir, 'execd', hostname(), 'execd.pid'),
    join(dir, 'qmaster', 'qmaster.pid'),
  ])
    await endDaemon(file, LIMIT_MS);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

function run(env, program, ...args) {
  return spawnSync(program, args, { env, encoding: 'utf8', timeout: 10_000 });
}

const [action, folder] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && action === 'start' && folder !== undefined) {
  const variables = await startGridEngine(folder);
  console.log(
    Object.entries(variables)
      .map(([name, value]) => `export ${name}=${value}`)
      .join('\n'),
  );
} else if (process.argv[1] === import.meta.filename && action === 'stop' && folder !== undefined)
  await stopGridEngine(folder, process.env);
else if (process.argv[1] === import.meta.filename) {
  console.error('usage: node scripts/real/gridengine.mjs start|stop FOLDER');
  process.exitCode = 2;
}
