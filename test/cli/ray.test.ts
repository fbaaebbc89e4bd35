import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hpo, makeProject, makeSweep, runHere, spawnHpo, until } from '../support/cli.js';
import { rayCluster, rayJobs, useRay } from '../support/ray.js';
import { describeWithReal } from '../support/real-part.js';

const SLOW = { timeout: 120_000 };
const RAY = { kind: 'ray', cpus: 1, mem: '50MiB', working_dir: '.' };
const RANDOM = { sampler: 'random', trials: 3, parameters: { x: { min: 0, max: 1 } }, devices: undefined };

/** What each trial was given and found: all of runs.csv that does not depend on time and place. */
async function found(folder: string): Promise<string[]> {
  const csv = await hpo(folder, 'export-csv', '--out', '-');
  const [head = '', ...rows] = csv.trim().split('\n');
  const kept = ['trial', 'state', 'seed', 'x', 'loss'].map((name) => head.split(',').indexOf(name));
  return rows.map((row) => kept.map((at) => row.split(',')[at]).join(','));
}

describeWithReal('ray', 'a sweep on Ray', () => {
  useRay();

  it('finds with the same sweep file what it finds on this machine', SLOW, async () => {
    const here = makeSweep({ ...RANDOM, max_concurrent: 1 });
    const there = makeSweep({ ...RANDOM, max_concurrent: 1, executor: 'ray' });
    const env = await rayCluster();
    for (const cwd of [here, there]) expect((await runHere(['optimize'], { cwd, env })).code).toBe(0);
    const all = await found(there);
    expect(all).toHaveLength(3);
    expect(all).toEqual(await found(here));
  });

  it('reattaches ten jobs after kill -9, and submits none of them again', SLOW, async () => {
    const go = join(makeProject({}), 'go');
    const wait = `until [ -e ${go} ]; do sleep 0.2; done`;
    const command = ['sh', '-c', `echo METRIC epoch=1 loss=2; ${wait}; echo METRIC epoch=2 loss=1`];
    const cwd = makeSweep({ ...RANDOM, trials: 10, trainer: { command }, executor: RAY, max_concurrent: 10 });
    const env = await rayCluster();
    const first = spawnHpo(['optimize'], { cwd, env: { ...env } });
    await until(() => (first.stdout.match(/step 1: loss=2/g) ?? []).length === 10);
    first.kill('SIGKILL');
    await first.ended;
    writeFileSync(go, '');
    const { code, stdout } = await runHere(['optimize'], { cwd, env });
    expect(stdout.match(/trial \d+ reattached on ray/g)).toHaveLength(10);
    expect(stdout).toContain('10 complete');
    expect(code).toBe(0);
    const jobs = await rayJobs('hpo-');
    const ids = readdirSync(join(cwd, 'outputs'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('/job-id'))
      .map((path) => readFileSync(join(cwd, 'outputs', path), 'utf8').trim());
    expect(ids).toHaveLength(10);
    expect(jobs.filter(({ submission_id }) => ids.includes(submission_id))).toHaveLength(10);
    expect(await hpo(cwd, 'show', '3')).toMatch(/job +hpo-3-[0-9a-f-]+ on \S+/);
  });

  it('shows the exact requests in a plan, and submits nothing', async () => {
    const cwd = makeSweep({
      ...RANDOM,
      executor: { kind: 'ray', gpus: 2, mem: '1GiB', resources: { tag: 1 } },
    });
    const { stdout } = await runHere(['optimize', '--dry-run'], { cwd, env: await rayCluster() });
    expect(stdout).toContain(
      'curl -H \'Content-Type: application/json\' -d \'{"submission_id":"hpo-0-TOKEN"',
    );
    expect(stdout).toContain(
      '"entrypoint_num_cpus":1,"entrypoint_num_gpus":2,"entrypoint_memory":1073741824,"entrypoint_resources":{"tag":1}',
    );
  });
});

describe('a sweep file for Ray', () => {
  it.each([
    ['devices', '0'],
    ['gpus_per_trial', 2],
  ])('is refused with %s, which belongs to this machine', async (key, value) => {
    const cwd = makeSweep({ ...RANDOM, executor: 'ray', [key]: value });
    const { code, stderr } = await runHere(['optimize', '--dry-run'], { cwd });
    expect(stderr).toContain(`error[config.local-only]: expected ${key} only with executor: local`);
    expect(stderr).toContain('executor.gpus');
    expect(code).toBe(2);
  });

  it('is refused with a key that Ray does not have, with its place, and without an address', async () => {
    const cwd = makeSweep({ ...RANDOM, executor: { kind: 'ray', adress: 'http://head:8265' } });
    const unknown = await runHere(['optimize', '--dry-run'], { cwd });
    expect(unknown.stderr).toMatch(/cfg\/sweep.yaml:\d+:\d+ error\[config.unknown-key\].*adress/);
    const none = await runHere(['optimize'], { cwd: makeSweep({ ...RANDOM, executor: 'ray' }) });
    expect(none.stderr).toContain('error[executor.no-address]');
    expect([unknown.code, none.code]).toEqual([2, 2]);
  });

  it('ends with one error where the cluster cannot be reached, and no trial fails', async () => {
    const cwd = makeSweep({ ...RANDOM, executor: { kind: 'ray', address: 'http://127.0.0.1:1' } });
    const { code, stderr } = await runHere(['optimize'], { cwd });
    expect(stderr).toContain('error[executor.unreachable]: expected Ray at http://127.0.0.1:1');
    expect(code).toBe(1);
    expect((await found(cwd)).join()).not.toContain('FAIL');
  });
});
