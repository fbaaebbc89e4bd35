// A real SLURM cluster of two nodes with two GPUs each (files that stand for GPUs), on this machine, under one folder.
//   node scripts/real/slurm.mjs start FOLDER     prints the variable that SLURM's commands need: export SLURM_CONF=...
//   node scripts/real/slurm.mjs restart FOLDER   stops the controller and starts it again; jobs continue
//   node scripts/real/slurm.mjs stop FOLDER      ends its jobs and daemons, and removes the folder
// Debian has it: apt-get install --no-install-recommends slurm-wlm. It needs no root and no systemd. Several clusters can run at
// once: each has a munged of its own, since the sockets of SLURM's own authentication have fixed paths.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { endDaemon, freePorts, until } from './daemons.mjs';

const NODES = ['n1', 'n2'];
const CPUS = 8;
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/**
 * Starts a cluster in a new folder and resolves with the path of its configuration once its nodes are idle. Tries once more with other
 * ports, since another program may take one before its daemon does. `settings`: more lines of slurm.conf.
 */
export async function startSlurm(folder, settings = []) {
  const dir = resolve(folder);
  if (existsSync(join(dir, 'slurm.conf'))) throw new Error(`${dir} has a cluster already`);
  try {
    return await startOnce(dir, settings);
  } catch (error) {
    console.error(`slurm: started again: ${error.message}\n${lastLines(dir)}`);
    await stopSlurm(dir);
    return await startOnce(dir, settings);
  }
}

async function startOnce(dir, settings) {
  for (const name of ['state', ...NODES.map((node) => `spool.${node}`)])
    mkdirSync(join(dir, name), { recursive: true });
  startMunge(dir);
  writeFileSync(join(dir, 'cgroup.conf'), 'CgroupPlugin=disabled\n');
  // A count without files makes the node invalid.
  writeFileSync(
    join(dir, 'gres.conf'),
    `AutoDetect=off\nNodeName=${NODES.join(',')} Name=gpu File=/dev/null,/dev/zero\n`,
  );
  const conf = join(dir, 'slurm.conf');
  writeFileSync(conf, configuration(dir, await freePorts(1 + NODES.length), settings));
  daemon('slurmctld', conf);
  for (const node of NODES) daemon('slurmd', conf, '-N', node);
  await untilIdle(conf);
  return conf;
}

/** Ends the controller and starts it again. Jobs are not disturbed. */
export async function restartController(folder) {
  const dir = resolve(folder);
  await endDaemon(join(dir, 'slurmctld.pid'), STOP_LIMIT_MS);
  daemon('slurmctld', join(dir, 'slurm.conf'));
}

/** Ends the controller: SLURM's commands get no answer until `restartController`. */
export async function stopController(folder) {
  await endDaemon(join(resolve(folder), 'slurmctld.pid'), STOP_LIMIT_MS);
}

/** Ends what runs in a cluster, then its daemons, and removes its folder. */
export async function stopSlurm(folder) {
  const dir = resolve(folder);
  const conf = join(dir, 'slurm.conf');
  if (!existsSync(conf)) return;
  slurm(conf, 'scancel', '--user', userInfo().username);
  for (const state of ['--state=running', '--state=completing'])
    await until(() => slurm(conf, 'squeue', '--noheader', state).trim() === '', STOP_LIMIT_MS).catch(
      () => {},
    );
  // What authenticates ends last.
  const pids = readdirSync(dir)
    .filter((name) => name.endsWith('.pid'))
    .sort((a, b) => Number(a === 'munge.pid') - Number(b === 'munge.pid'));
  for (const name of pids) await endDaemon(join(dir, name), STOP_LIMIT_MS);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

/** Returns how the logs of a cluster's daemons end. */
function lastLines(dir) {
  const logs = readdirSync(dir).filter((name) => name.endsWith('.log'));
  const end = (name) => readFileSync(join(dir, name), 'utf8').trim().split('\n').slice(-5);
  return logs.flatMap((name) => [`${name}:`, ...end(name)]).join('\n');
}

function configuration(dir, [controller, ...ports], settings) {
  const { username } = userInfo();
  const host = hostname().split('.')[0];
  return `ClusterName=hpo
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/munge
AuthInfo=socket=${dir}/munge.socket
CredType=cred/munge
StateSaveLocation=${dir}/state
SlurmctldPidFile=${dir}/slurmctld.pid
SlurmctldLogFile=${dir}/slurmctld.log
SlurmdPidFile=${dir}/slurmd.%n.pid
SlurmdLogFile=${dir}/slurmd.%n.log
SlurmdSpoolDir=${dir}/spool.%n
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=50
ReturnToService=2
SchedulerParameters=sched_interval=1,sched_min_interval=0
GresTypes=gpu
MessageTimeout=4
KillWait=3
${settings.join('\n')}
${NODES.map((name, k) => `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[k]} CPUs=${CPUS} RealMemory=2000 Gres=gpu:2`).join('\n')}
PartitionName=debug Nodes=${NODES.join(',')} Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=${NODES.join(',')} MaxTime=1 State=UP
`;
}

function startMunge(dir) {
  writeFileSync(join(dir, 'munge.key'), randomBytes(1024), { mode: 0o600 });
  const files = {
    socket: 'munge.socket',
    'key-file': 'munge.key',
    'log-file': 'munge.log',
    'pid-file': 'munge.pid',
    'seed-file': 'munge.seed',
  };
  const args = Object.entries(files).map(([name, file]) => `--${name}=${join(dir, file)}`);
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  // The folder lies in one that others may write to, such as /tmp.
  execFileSync('munged', ['--force', '--num-threads=2', ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function daemon(name, conf, ...args) {
  // Debian puts daemons where the PATH of most users does not look.
  const env = { ...process.env, SLURM_CONF: conf, PATH: `${process.env.PATH}:/usr/sbin` };
  execFileSync(name, ['-f', conf, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Returns what a command of SLURM prints; empty where it fails. */
function slurm(conf, name, ...args) {
  const env = { ...process.env, SLURM_CONF: conf };
  const { stdout, status } = spawnSync(name, args, { env, encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout : '';
}

async function untilIdle(conf) {
  const idle = () => slurm(conf, 'sinfo', '--noheader', '--Node', '--partition=debug', '--format=%T');
  await until(
    () =>
      idle()
        .trim()
        .split('\n')
        .filter((state) => state === 'idle').length === NODES.length,
    START_LIMIT_MS,
  );
}

const [action, folder] = process.argv.slice(2);
if (process.argv[1] === import.meta.filename && folder !== undefined) {
  if (action === 'start') console.log(`export SLURM_CONF=${await startSlurm(folder)}`);
  else if (action === 'restart') await restartController(folder);
  else if (action === 'stop') await stopSlurm(folder);
} else if (process.argv[1] === import.meta.filename) {
  console.error('usage: node scripts/real/slurm.mjs start|restart|stop FOLDER');
  process.exitCode = 2;
}
