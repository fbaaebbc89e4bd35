import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { restartController, startSlurm, stopController, stopSlurm } from '../../scripts/real/slurm.mjs';

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
