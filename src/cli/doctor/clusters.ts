import { HpoError } from '../../core/errors.js';
import { askCluster } from '../../executors/ray-cluster.js';
import { runWithTimeout } from '../../executors/run-with-timeout.js';
import { nearestFolder } from '../../liveness/folders.js';
import { localityOfFolder } from '../../storage/network-filesystem.js';
import { outputsDir } from '../paths.js';
import type { Check, DoctorOptions, Finding, Row } from './check.js';

export const clusterChecks: readonly Check[] = [
  { name: 'slurm', run: judgeSlurm },
  { name: 'ray', run: judgeRay },
];

/** Returns what the cluster of RAY_API_SERVER_ADDRESS says: its version, what its nodes have, and whether it takes the token. */
async function judgeRay({ limitMs }: DoctorOptions): Promise<readonly Row[]> {
  const address = process.env.RAY_API_SERVER_ADDRESS;
  if (!address) {
    const message = 'no RAY_API_SERVER_ADDRESS: executor: ray needs it, or executor.address';
    return [{ name: 'ray', status: 'info', message }];
  }
  try {
    const { version, nodes } = await askCluster(address, limitMs / 2);
    const total = (name: string) => nodes?.reduce((sum, node) => sum + (node[name] ?? 0), 0);
    const has = nodes && `, ${nodes.length} nodes with ${total('CPU')} CPUs and ${total('GPU')} GPUs`;
    const message = `Ray ${version} at ${address}${has ?? ''}`;
    return [{ name: 'ray', status: 'ok', message, details: { version, address } }];
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    return [{ name: 'ray', status: 'warn', message: error.message, ...(error.fix && { fix: error.fix }) }];
  }
}

/** Returns what SLURM's commands show here: version, controller, partitions, and whether nodes can see the outputs. */
async function judgeSlurm({ limitMs }: DoctorOptions): Promise<readonly Row[]> {
  const ask = (program: string, ...args: readonly string[]) =>
    runWithTimeout(program, args, { limitMs: limitMs / 4 });
  const version = await ask('sbatch', '--version');
  if (version.kind === 'missing') {
    const message = 'no sbatch: executor: slurm needs a machine of a SLURM cluster';
    return [{ name: 'slurm', status: 'info', message }];
  }
  const partitions = await ask('sinfo', '--noheader', '--format=%P|%a|%D|%l');
  if (partitions.kind !== 'ended' || partitions.exitCode !== 0) {
    const said = partitions.stderr.trim().split('\n').at(-1) || 'it says nothing';
    const late = partitions.kind === 'late' ? 'the controller does not answer' : said;
    return [
      {
        name: 'slurm',
        status: 'info',
        message: `sbatch is there, but sinfo fails: ${late}`,
        fix: 'run hpo on a login node of the cluster; SLURM_CONF names its configuration where that is not in /etc/slurm',
      },
    ];
  }
  const found = partitions.stdout
    .trim()
    .split('\n')
    .map((line) => line.split('|'));
  const up = found.filter(([, state]) => state === 'up').map(([name = '']) => name);
  const list = `partitions ${up.join(', ') || 'none that is up'}`;
  const details = { version: version.stdout.trim(), partitions: up };
  return [
    {
      name: 'slurm',
      status: up.length > 0 ? 'ok' : 'warn',
      message: `${version.stdout.trim()}, ${list}`,
      details,
    },
    { name: 'slurm.outputs', ...judgeOutputs() },
  ];
}

/** Jobs write their logs to the outputs: the nodes must see them. */
function judgeOutputs(): Finding {
  const folder = outputsDir();
  const place = localityOfFolder(nearestFolder(folder));
  if (place?.kind === 'network')
    return { status: 'ok', message: `${folder} is on a network file system (${place.name})` };
  return {
    status: 'info',
    message: `${folder} is on a disk of this machine: trials on other nodes do not see it`,
    fix: 'run hpo in a folder that all nodes see, with --storage sqlite:FILE on a disk of this machine',
  };
}
