import { expect, it } from 'vitest';
import type { Row } from '../../../src/cli/doctor/check.js';
import { clusterChecks } from '../../../src/cli/doctor/clusters.js';
import { describeWithReal } from '../../support/real-part.js';
import { useSlurm } from '../../support/slurm.js';

async function rows(): Promise<readonly Row[]> {
  const options = { storage: 'sqlite:storage/hpo.db', limitMs: 60_000 };
  const found = await Promise.all(clusterChecks.map((check) => check.run(options)));
  return found.flat() as Row[];
}

describeWithReal('slurm', 'the doctor on a cluster', () => {
  useSlurm();

  it('reports the version of SLURM and its partitions', async () => {
    const [first, second] = await rows();
    expect(first).toMatchObject({ name: 'slurm', status: 'ok' });
    expect(first?.message).toMatch(/^slurm-wlm \d+\.\d+\S*, partitions debug\*, short$/);
    expect(second?.name).toBe('slurm.outputs');
  });
});

describeWithReal('slurm', 'the doctor beside commands without a cluster', () => {
  it('says what sinfo says and how to name the cluster', async () => {
    const [row] = await rows();
    expect(row).toMatchObject({ name: 'slurm', status: 'info' });
    expect(row?.fix).toContain('SLURM_CONF');
  });
});
