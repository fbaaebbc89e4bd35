import { describe, expect, it, vi } from 'vitest';
import type { Row } from '../../../src/cli/doctor/check.js';
import { clusterChecks } from '../../../src/cli/doctor/clusters.js';
import { useRay } from '../../support/ray.js';
import { describeWithReal } from '../../support/real-part.js';
import { useSlurm } from '../../support/slurm.js';

async function rows(part: 'slurm' | 'ray'): Promise<readonly Row[]> {
  const options = { storage: 'sqlite:storage/hpo.db', limitMs: 60_000 };
  const found = await Promise.all(clusterChecks.map((check) => check.run(options)));
  return (found.flat() as Row[]).filter((row) => row.name.startsWith(part));
}

describeWithReal('slurm', 'the doctor on a cluster', () => {
  useSlurm();

  it('reports the version of SLURM and its partitions', async () => {
    const [first, second] = await rows('slurm');
    expect(first).toMatchObject({ name: 'slurm', status: 'ok' });
    expect(first?.message).toMatch(/^slurm-wlm \d+\.\d+\S*, partitions debug\*, short$/);
    expect(second?.name).toBe('slurm.outputs');
  });
});

describeWithReal('slurm', 'the doctor beside commands without a cluster', () => {
  it('says what sinfo says and how to name the cluster', async () => {
    const [row] = await rows('slurm');
    expect(row).toMatchObject({ name: 'slurm', status: 'info' });
    expect(row?.fix).toContain('SLURM_CONF');
  });
});

describeWithReal('ray', 'the doctor beside a cluster of Ray', () => {
  useRay();

  it('reports its version and what its nodes have, or that it does not take the token', async () => {
    const [row] = await rows('ray');
    expect(row).toMatchObject({ name: 'ray', status: 'ok' });
    expect(row?.message).toMatch(/^Ray \d+\.\d+\S* at http:\S+, 1 nodes with 12 CPUs and 2 GPUs$/);
    vi.stubEnv('RAY_AUTH_TOKEN', 'wrong');
    expect((await rows('ray'))[0]).toMatchObject({
      status: 'warn',
      fix: expect.stringContaining('RAY_AUTH_TOKEN'),
    });
  });
});

describe('the doctor without a cluster of Ray', () => {
  it.each([
    ['', 'info', 'executor: ray needs it'],
    ['http://127.0.0.1:1', 'warn', 'expected Ray at http://127.0.0.1:1'],
  ])('says so (RAY_API_SERVER_ADDRESS=%s)', async (address, status, message) => {
    vi.stubEnv('RAY_API_SERVER_ADDRESS', address);
    const [row] = await rows('ray');
    expect(row).toMatchObject({ status, message: expect.stringContaining(message) });
  });
});
