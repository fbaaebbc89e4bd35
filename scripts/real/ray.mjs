// A real Ray cluster of one node with fake CPUs and GPUs, on this machine, under one folder.
//   node scripts/real/ray.mjs start FOLDER     prints the variables by which hpo finds it; about ten seconds
//   node scripts/real/ray.mjs restart FOLDER   ends all of it, its jobs included, and starts a new one at the same address
//   node scripts/real/ray.mjs stop FOLDER      ends its jobs and daemons, and removes the folder
// Ray comes from PyPI: bash scripts/real-parts.sh ray. Every call needs the token in FOLDER/token. Several clusters can run at once:
// `ray stop` would end them all, so this one is ended by the mark that all its processes inherit.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, until } from './daemons.mjs';

const run = promisify(execFile);
const MARK = 'HPO_RAY_CLUSTER';
const CPUS = 12;
const GPUS = 2;
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 20_000;
/** The path of a socket has 107 bytes at most, and Ray's own part of it takes most of them. */
const LONGEST_FOLDER = 40;

/** Returns the program `ray` of scripts/real-parts.sh; null where that is not installed. */
export function rayProgram() {
  const installed =
    process.env.HPO_REAL_PARTS ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hpo-ci');
  const program = join(installed, 'ray', 'bin', 'ray');
  return existsSync(join(installed, 'ray', '.recipe')) ? program : null;
}

/** Starts a cluster in a new folder and resolves with its variables once it takes jobs. */
export async function startRay(folder, { cpus = CPUS } = {}) {
  const dir = resolve(folder);
  if (dir.length > LONGEST_FOLDER)
    throw new Error(`expected a folder with a path of at most ${LONGEST_FOLDER} characters, got ${dir}`);
  if (existsSync(join(dir, 'ports'))) throw new Error(`${dir} has a cluster already`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'token'), randomBytes(24).toString('hex'), { mode: 0o600 });
  writeFileSync(join(dir, 'ports'), [...(await freePorts(4)), cpus].join(' '));
  await startHead(dir);
  return variablesOf(dir);
}

/** Ends a cluster with all its jobs, and starts a new one that knows nothing of them, at the same address. */
export async function restartRay(folder) {
  await endAll(resolve(folder));
  await startHead(resolve(folder));
}

/** Ends a cluster at once, with all its jobs, and removes its folder. */
export async function stopRay(folder) {
  const dir = resolve(folder);
  if (!existsSync(join(dir, 'ports'))) return;
  await endAll(dir);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

/** Returns the variables by which hpo and Ray's own commands find a cluster. */
function variablesOf(dir) {
  const [gcs, dashboard] = portsOf(dir);
  return {
    RAY_API_SERVER_ADDRESS: `http://127.0.0.1:${dashboard}`,
    RAY_ADDRESS: `127.0.0.1:${gcs}`,
    RAY_AUTH_MODE: 'token',
    RAY_AUTH_TOKEN_PATH: join(dir, 'token'),
  };
}

function portsOf(dir) {
  return readFileSync(join(dir, 'ports'), 'utf8').split(' ').map(Number);
}

async function startHead(dir) {
  const ray = rayProgram();
  if (ray === null) throw new Error('expected Ray, found none\n  fix: bash scripts/real-parts.sh ray');
  const [gcs, dashboard, agent, client, cpus] = portsOf(dir);
  const options = {
    port: gcs,
    'node-ip-address': '127.0.0.1',
    'num-cpus': cpus,
    'num-gpus': GPUS,
    memory: 2 ** 31,
    'object-store-memory': 100_000_000,
    'dashboard-host': '127.0.0.1',
    'dashboard-port': dashboard,
    'dashboard-agent-listen-port': agent,
    'ray-client-server-port': client,
    // Any: by default two clusters would take the same.
    'min-worker-port': 0,
    'max-worker-port': 0,
    'include-log-monitor': false,
    'temp-dir': join(dir, 't'),
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const env = {
    ...process.env,
    ...variablesOf(dir),
    [MARK]: dir,
    RAY_ENABLE_AUTO_CONNECT: '0',
    RAY_ADDRESS: undefined,
    RAY_enable_metrics_collection: '0',
    // Processes that wait for the first job only cost memory.
    RAY_prestart_worker_first_driver: '0',
  };
  try {
    await run(ray, ['start', '--head', '--no-monitor', '--disable-usage-stats', ...args], {
      env,
      timeout: START_LIMIT_MS,
    });
  } catch (error) {
    await endAll(dir);
    throw new Error(`ray start failed: ${error.stderr || error.stdout || error}`);
  }
}

/** Ends every process of a cluster. What they were doing does not matter any more. */
async function endAll(dir) {
  const isGone = () => {
    const pids = processesOf(dir);
    for (const pid of pids)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    return pids.length === 0;
  };
  await until(isGone, STOP_LIMIT_MS);
}

/** Returns the processes that a cluster has started. Those that gave themselves a title lost the mark: they are found by their parents. */
function processesOf(dir) {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number);
  const found = new Set(pids.filter((pid) => textOf(pid, 'environ').split('\0').includes(`${MARK}=${dir}`)));
  const parents = new Map(pids.map((pid) => [pid, Number(/\) \S (\d+)/.exec(textOf(pid, 'stat'))?.[1])]));
  // A child may have a lower number than its parent.
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  // A process that has ended waits for its parent.
  return [...found].filter((pid) => !/\) Z /.test(textOf(pid, 'stat')));
}

function textOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

const [action, folder] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && folder !== undefined) {
  if (action === 'start')
    for (const [name, value] of Object.entries(await startRay(folder)))
      console.log(`export ${name}=${value}`);
  else if (action === 'restart') await restartRay(folder);
  else if (action === 'stop') await stopRay(folder);
} else if (process.argv[1] === import.meta.filename) {
  console.error('usage: node scripts/real/ray.mjs start|restart|stop FOLDER');
  process.exitCode = 2;
}
