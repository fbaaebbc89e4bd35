import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostFolder } from '../../src/liveness/host-folder.js';

/**
 * Returns how to run hpo as if on a machine of its own, which sees these files. `at`: an empty folder, the only one in which it sees
 * those of `cwd`, and where hpo runs; as a file system of a server is mounted elsewhere on each machine.
 */
export function anotherHost(cwd: string, at = cwd): readonly string[] {
  const boot = join(cwd, 'boot');
  writeFileSync(boot, `${randomUUID()}\n`);
  const own = ['owners', 'guards'].map((each) => hostFolder(each) ?? '');
  for (const folder of own) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mounts = own.map((folder) => `mount -t tmpfs -o mode=700 tmpfs ${folder}`);
  const elsewhere = at === cwd ? [] : [`mount --bind ${cwd} ${at}`, `cd ${at}`];
  const host = ['hostname alpha', `mount --bind ${boot} /proc/sys/kernel/random/boot_id`];
  const start = [...host, ...mounts, ...elsewhere, '"$@"'];
  const apart = ['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return ['unshare', ...apart, 'sh', '-c', `${start.join(' && ')}; exit $?`, 'sh'];
}
