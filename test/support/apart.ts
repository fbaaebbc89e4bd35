import { spawnSync } from 'node:child_process';

/** Programs and arguments that run what follows them where it sees other processes differently, or as somebody else. */
export const APART = {
  'in this PID namespace': [],
  'in a PID namespace of its own': ['unshare', '--fork', '--kill-child', '--pid', '--mount-proc'],
  "in a PID namespace of its own with the host's /proc": ['unshare', '--fork', '--kill-child', '--pid'],
  'as another user': userOf(60_002),
  'as another user, where /proc hides the processes of others': [...hidingProc(), ...userOf(60_002)],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Apart = keyof typeof APART;

/** Users of the group 60000, which has no name and needs none. */
export function userOf(uid: number, group = 60_000): string[] {
  return ['setpriv', '--reuid', String(uid), '--regid', String(group), '--clear-groups'];
}

/** Where /proc shows nobody the processes of others. */
export function hidingProc(): string[] {
  // A mount of its own: one that is mounted again would hide processes from the whole machine.
  const mount = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', mount, 'sh'];
}

/** Whether this machine lets us make namespaces and become other users. */
export function canBeApart(): boolean {
  return Object.values(APART).every(([program, ...args]) => {
    return program === undefined || spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0;
  });
}
