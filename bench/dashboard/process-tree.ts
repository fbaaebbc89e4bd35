import { readdirSync, readFileSync } from 'node:fs';

const MIB_PER_KIB = 1 / 1024;

/** Returns the peak memory of a process and of those that it started, in MiB: the sum of each one's own peak. */
export function peakMiB(root: number): number {
  const sum = treeOf(root)
    .map((pid) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1] ?? 0))
    .reduce((a, b) => a + b, 0);
  return Math.round(sum * MIB_PER_KIB);
}

function treeOf(root: number): number[] {
  const found = [root];
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = all.map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }));
  for (const pid of found)
    found.push(...parents.filter(({ parent }) => parent === pid).map((each) => each.pid));
  return found;
}

function parentOf(pid: number): number {
  const stat = read(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Empty for a process that has ended. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
