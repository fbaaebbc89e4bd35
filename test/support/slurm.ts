import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { restartController, startSlurm, stopController, stopSlurm } from '../../scripts/real/slurm.mjs';
import { until } from './until.js';

/**
 * A real cluster for the tests of one file. SLURM's commands find it by the environment of this process. `settings`: more lines of
 * slurm.conf.
 */
export function useSlurm(settings: readonly string[] = []) {
  const folder = join(mkdtempSync(join(tmpdir(), 'hpo-slurm-')), 'cluster');
  beforeAll(async () => {
    process.env.SLURM_CONF = await startSlurm(folder, settings);
  }, 60_000);
  afterAll(async () => {
    await stopSlurm(folder);
    delete process.env.SLURM_CONF;
  }, 60_000);
  return {
    restartController: () => restartController(folder),
    stopController: () => stopController(folder),
  };
}

/** Runs one of SLURM's commands and returns what it prints. */
export function slurm(program: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/**
 * Has a job that was taken back start again at once. SLURM waits two minutes before that, and may wait once more when it finds that
 * the job has ended, so it is asked until the job has begun.
 */
export async function startAgain(id: string, hasBegun: () => boolean): Promise<void> {
  const isWaiting = () =>
    slurm('squeue', '--array', '--noheader', `--jobs=${id}`, '--format=%T') === 'PENDING';
  await until(
    () => {
      if (hasBegun()) return true;
      if (isWaiting()) spawnSync('scontrol', ['update', `JobId=${id}`, 'StartTime=now']);
      return false;
    },
    { everyMs: 500 },
  );
}
