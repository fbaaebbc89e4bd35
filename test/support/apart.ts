import { spawnSync } from 'node:child_process';

/** Programs and arguments that run another program where it sees other processes differently, or as another user. */
export const APART = {
  'in this PID namespace': [],
  'in a PID namespace of its own': ['unshare', '--fork', '--kill-child', '--pid', '--mount-proc'],
  "in a PID namespace of its own with the host's /proc": ['unshare', '--fork', '--kill-child', '--pid'],
  'as another user': userOf(60_002),
  'as another user, where /proc hides the processes of others': [...hidingProc(), ...userOf(60_002)],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Apart = keyof typeof APART;

/** Returns how to run as a user of the group 60000, which has no name and needs none. */
export function userOf(uid: number, group = 60_000): string[] {
  return ['setpriv', '--reuid', String(uid), '--regid', String(group), '--clear-groups'];
}

/** Returns how to run where /proc hides the processes of others. */
export function hidingProc(): string[] {
  // A mount of its own: remounting /proc would hide processes on the whole machine.
  const mount = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh'];
}

/** Whether this machine allows namespaces and other users. */
export function canBeApart(): boolean {
  return Object.values(APART).every(([program, ...args]) => {
    return program === undefined || spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0;
  });
}

/** Whether this machine allows hosts in namespaces, with networks between them. */
export function canBeHosts(): boolean {
  const make = 'ip link add hpo0 type bridge && ip link add hpo1 type veth peer name hpo2';
  const apart = ['--net', '--mount', '--uts', '--pid', '--fork', '--mount-proc'];
  return spawnSync('unshare', [...apart, 'sh', '-c', make], { stdio: 'ignore' }).status === 0;
}
