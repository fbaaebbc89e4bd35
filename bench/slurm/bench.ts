import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSlurm, stopSlurm } from '../../scripts/real/slurm.mjs';
import type { BenchOptions, Report } from '../bench.js';
import { benchAgainstArray } from './against-array.js';
import { benchFirstMetric } from './first-metric.js';
import { benchTimeLimit } from './time-limit.js';

/** Measures what hpo adds to the jobs of a real SLURM cluster of two nodes on this machine. Null where SLURM is missing. */
export async function benchSlurm(options: BenchOptions): Promise<Report | null> {
  if (spawnSync('sbatch', ['--version'], { stdio: 'ignore' }).error !== undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-slurm-'));
  const cluster = join(folder, 'cluster');
  try {
    process.env.SLURM_CONF = await startSlurm(cluster);
    const first = await benchFirstMetric(options);
    const array = await benchAgainstArray(options);
    const limit = await benchTimeLimit(options);
    return {
      title: 'Jobs of SLURM, with hpo and without',
      intro:
        'A real cluster of two nodes of 8 CPUs each, both on this machine (`scripts/real/slurm.mjs`): its daemons, the jobs and hpo share the cores, so seconds say more about this machine than about a cluster. The ratios were measured in turn, and still change with what else the machine does.',
      sections: [...first.sections, ...array.sections, ...limit.sections],
      figures: { firstMetric: first.figures, array: array.figures, timeLimit: limit.figures },
    };
  } finally {
    await stopSlurm(cluster);
    rmSync(folder, { recursive: true, force: true });
  }
}
