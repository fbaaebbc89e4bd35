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
  }, 120_000);
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
 * Has a job that was taken back start again within seconds. SLURM waits two minutes before that, and may wait once more when it finds
 * that the job has ended, so it is asked until the job has begun. A start within a second of the end fails: nodes refuse what they
 * were sent no later than the second in which they ended the job ("Job credential revoked").
 */
export async function startAgain(id: string, hasBegun: () => boolean): Promise<void> {
  const isWaiting = () =>
    slurm('squeue', '--array', '--noheader', `--jobs=${id}`, '--format=%T') === 'PENDING';
  let askAfterMs = 0;
  await until(
    () => {
      if (hasBegun()) return true;
      // Asked more often, the start would be put off each time.
      if (performance.now() > askAfterMs && isWaiting()) {
        // Refused where the job has begun meanwhile.
        spawnSync('scontrol', ['update', `JobId=${id}`, 'StartTime=now+3']);
        askAfterMs = performance.now() + 10_000;
      }
      return false;
    },
    { everyMs: 500 },
  );
}
