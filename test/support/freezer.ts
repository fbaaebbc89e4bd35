import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

const ROOT = '/sys/fs/cgroup/freezer';

/** Whether this user can freeze processes so that no signal ends them: the freezer of cgroup v1, as root. */
export function canFreeze(): boolean {
  try {
    rmdirSync(mkdtempSync(join(ROOT, 'hpo-test-')));
    return true;
  } catch {
    return false;
  }
}

/** Freezes a process, as a hanging driver would: not even a KILL ends it until it is thawed. Thawed after the test. */
export function freeze(pid: number): { readonly thaw: () => void } {
  const group = join(ROOT, `hpo-test-${pid}`);
  mkdirSync(group);
  const thaw = () => writeFileSync(join(group, 'freezer.state'), 'THAWED');
  onTestFinished(async () => {
    thaw();
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // A KILL sent to it before has ended it.
    }
    await vi.waitFor(() => rmdirSync(group), { timeout: 10_000, interval: 10 });
  });
  writeFileSync(join(group, 'cgroup.procs'), String(pid));
  writeFileSync(join(group, 'freezer.state'), 'FROZEN');
  return { thaw };
}
