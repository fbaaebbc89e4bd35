import { describe, expect, it } from 'vitest';
import { hpo, makeSweep, runHere, spawnHpo, until, writeFiles } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';
import { slurm, useSlurm } from '../support/slurm.js';

const SLOW = { timeout: 120_000 };
const SLURM = { kind: 'slurm', cpus: 1, mem: '50MiB' };
const RANDOM = { sampler: 'random', trials: 6, parameters: { x: { min: 0, max: 1 } }, devices: undefined };

/** What each trial was given and found: all of runs.csv that does not depend on time and place. */
async function found(folder: string): Promise<string[]> {
  const csv = await hpo(folder, 'export-csv', '--out', '-');
  const [head = '', ...rows] = csv.trim().split('\n');
  const kept = ['trial', 'state', 'seed', 'x', 'loss'].map((name) => head.split(',').indexOf(name));
  return rows.map((row) => kept.map((at) => row.split(',')[at]).join(','));
}

describeWithReal('slurm', 'a sweep on SLURM', () => {
  useSlurm();

  it('finds with the same sweep file what it finds on this machine', SLOW, async () => {
    const here = makeSweep({ ...RANDOM, max_concurrent: 1 });
    const there = makeSweep({ ...RANDOM, max_concurrent: 1, executor: SLURM });
    const env = { SLURM_CONF: process.env.SLURM_CONF ?? '' };
    for (const cwd of [here, there]) expect((await runHere(['optimize'], { cwd, env })).code).toBe(0);
    const all = await found(there);
    expect(all).toHaveLength(6);
    expect(all).toEqual(await found(here));
  });

  it('reattaches the ten tasks of an array after kill -9, and submits none of them again', SLOW, async () => {
    const trainer = {
      command: [
        'sh',
        '-c',
        'echo METRIC epoch=1 loss=2; until [ -e go ]; do sleep 0.1; done; echo METRIC epoch=2 loss=1',
      ],
    };
    const cwd = makeSweep({ ...RANDOM, trials: 10, trainer, executor: SLURM, max_concurrent: 10 });
    const env = { SLURM_CONF: process.env.SLURM_CONF ?? '' };
    const jobs = () =>
      slurm('squeue', '--noheader', '--states=all', '--format=%j')
        .split('\n')
        .filter((name) => name.startsWith('hpo-'));
    const before = jobs().length;
    const first = spawnHpo(['optimize'], { cwd, env });
    await until(() => (first.stdout.match(/step 1: loss=2/g) ?? []).length === 10);
    first.kill('SIGKILL');
    await first.ended;
    writeFiles(cwd, { go: '' });
    const { code, stdout } = await runHere(['optimize'], { cwd, env });
    expect(stdout.match(/trial \d+ reattached on slurm/g)).toHaveLength(10);
    expect(stdout).toContain('10 complete');
    expect(code).toBe(0);
    expect(jobs()).toHaveLength(before + 10);
    expect(await hpo(cwd, 'show', '3')).toMatch(/job +\d+_\d on \S+/);
    expect(stdout).toMatch(/trial 3 runs on \S+ as job \d+_\d/);
    expect((await runHere(['logs', '3'], { cwd })).stderr).toMatch(
      /attempt 1 of trial 3: on \S+ as job \d+_\d/,
    );
  });
});

describe('a sweep file for SLURM', () => {
  it.each(['devices', 'slots_per_device', 'gpus_per_trial', 'min_free_memory'])(
    'is refused with %s, which belongs to this machine',
    async (key) => {
      const value = { devices: '0', slots_per_device: 2, gpus_per_trial: 2, min_free_memory: '4GiB' }[key];
      const cwd = makeSweep({ ...RANDOM, executor: 'slurm', [key]: value });
      const { code, stderr } = await runHere(['optimize', '--dry-run'], { cwd });
      expect(stderr).toMatch(
        new RegExp(`error\\[config.local-only\\]: expected ${key} only with executor: local`),
      );
      expect(stderr).toContain('executor.gpus');
      expect(code).toBe(2);
    },
  );

  it('is refused with --devices', async () => {
    const cwd = makeSweep({ ...RANDOM, executor: 'slurm' });
    const { code, stderr } = await runHere(['optimize', '--devices', '0'], { cwd });
    expect(stderr).toContain('error[executor.local-only]');
    expect(code).toBe(2);
  });

  it('is refused with a key that SLURM does not have, with its place', async () => {
    const cwd = makeSweep({ ...RANDOM, executor: { kind: 'slurm', partion: 'gpu' } });
    const { code, stderr } = await runHere(['optimize', '--dry-run'], { cwd });
    expect(stderr).toMatch(/cfg\/sweep.yaml:\d+:\d+ error\[config.unknown-key\].*partion/);
    expect(stderr).toContain('did you mean partition?');
    expect(code).toBe(2);
  });

  it('takes the name of an executor under its old key', async () => {
    const cwd = makeSweep({ executor: { name: 'local' } });
    expect(await hpo(cwd, 'optimize', '--dry-run')).toContain('trial 0 on cpu');
  });

  it('shows the exact submissions in a plan', async () => {
    const cwd = makeSweep({ ...RANDOM, executor: { ...SLURM, args: ['--exclusive'], time: '90m', gpus: 2 } });
    const plan = await hpo(cwd, 'optimize', '--dry-run');
    expect(plan).toContain('sbatch --requeue');
    for (const part of ['--time=90', '--gpus=2', '--cpus-per-task=1', '--mem=50M', '--exclusive'])
      expect(plan).toContain(` ${part} `);
  });

  it.each([
    [{}, 4],
    [{ arrays: false }, 0],
    [{ mode: 'job' }, 4],
  ])('shows in a plan with %j which trials start as an array', async (options, count) => {
    const cwd = makeSweep({ ...RANDOM, executor: { ...SLURM, ...options }, max_concurrent: 4 });
    const plan = await hpo(cwd, 'optimize', '--dry-run');
    expect(plan.match(/--array=0-3 /g) ?? []).toHaveLength(count);
    expect(plan.match(/sbatch /g)).toHaveLength(6);
  });

  it('plans no array where the sampler waits for results', async () => {
    const cwd = makeSweep({ ...RANDOM, sampler: 'tpe', executor: SLURM, max_concurrent: 4 });
    expect(await hpo(cwd, 'optimize', '--dry-run')).not.toContain('--array');
  });
});
