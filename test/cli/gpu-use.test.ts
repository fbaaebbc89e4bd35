import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GpuUse } from '../../src/core/gpu-use.js';
import { fixture, hpo, makeSweep, readCsv, runHere, spawnHpo, trialsOf, writeFiles } from '../support/cli.js';
import { soon, standIn } from '../support/gpus.js';

const trainer = { command: ['sh', fixture('gpu-user.sh')] };
const used = async (cwd: string) =>
  (await trialsOf(cwd)).map((trial) => (trial as unknown as { gpuUse: GpuUse | null }).gpuUse);

test('what each trial uses is recorded while it runs, by its own processes, and over a takeover', async () => {
  const smi = standIn([
    { util: 60, used: 2000, free: 6000 },
    { util: 20, used: 2000, free: 6000 },
  ]);
  const cwd = makeSweep({ trainer, devices: 'auto', max_concurrent: null, parameters: { x: [1, 2] } });
  const first = spawnHpo(['optimize'], { cwd, env: smi.env });
  await soon(async () =>
    expect(await used(cwd)).toMatchObject([
      // What its child uses counts, although it has an environment of its own.
      { cardUtilizationPercent: { max: 60 }, memoryMiB: { max: 2000 }, shared: false },
      { cardUtilizationPercent: { max: 20 }, memoryMiB: { max: 2000 }, shared: false },
    ]),
  );
  first.kill('SIGKILL');
  await first.ended;
  // A stranger comes, and the card of trial 0 is busier.
  smi.set([
    { util: 100, used: 5000, free: 3000 },
    { util: 20, used: 2000, free: 6000 },
  ]);
  writeFiles(smi.dir, {
    apps: `${readFileSync(join(smi.dir, 'apps'), 'utf8')}GPU-0x, ${process.pid}, 3000\n`,
  });
  const before = await used(cwd);
  const second = spawnHpo(['optimize'], { cwd, env: smi.env });
  await soon(async () => expect((await used(cwd))[0]?.cardUtilizationPercent?.max).toBe(100));
  writeFiles(cwd, { go: '' });
  expect((await second.ended).code).toBe(0);
  const [zero, one] = await used(cwd);
  expect(zero?.cardUtilizationPercent?.samples).toBeGreaterThan(
    before[0]?.cardUtilizationPercent?.samples ?? 0,
  );
  expect(zero).toMatchObject({ memoryMiB: { max: 2000 }, cardMemoryMiB: { max: 5000 }, shared: true });
  expect(zero?.cardUtilizationPercent?.mean).toBeGreaterThan(60);
  expect(zero?.cardUtilizationPercent?.mean).toBeLessThan(100);
  expect(one).toMatchObject({ cardUtilizationPercent: { mean: 20, max: 20 }, shared: false });

  // In the table, the same when it is written anew; and for people.
  const table = readFileSync(join(cwd, 'cfg/runs.csv'), 'utf8');
  const rows = readCsv(join(cwd, 'cfg/runs.csv'));
  expect(rows[1]).toMatchObject({ gpu_card_util: '20', gpu_mem_mib: '2000' });
  expect(Object.keys(rows[0] ?? {}).slice(-2)).toEqual(['gpu_card_util', 'gpu_mem_mib']);
  await hpo(cwd, 'export-csv');
  expect(readFileSync(join(cwd, 'cfg/runs.csv'), 'utf8')).toBe(table);
  expect(await hpo(cwd, 'trials')).toMatch(/gpu use .*\n.*\n.* 1 {2}20 % 2\.0 GiB/);
});

test.each(['fail', 'hang'] as const)('a sweep whose nvidia-smi begins to %s ends as ever', async (mode) => {
  const smi = standIn([{ util: 60, used: 0, free: 8000 }]);
  const cwd = makeSweep({ trainer, devices: 'auto', max_concurrent: null, parameters: { x: [1] } });
  const running = spawnHpo(['optimize'], { cwd, env: smi.env });
  await running.says(/trial 0 started/);
  smi.mode(mode);
  await soon(() => expect(smi.calls().length).toBeGreaterThan(1));
  writeFiles(cwd, { go: '' });
  // One that hangs does so for a quarter of an hour.
  expect(await running.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('1 complete') });
  expect(await used(cwd)).toEqual([null]);
});

test('on a CPU nvidia-smi is never asked for the use of GPUs, and nothing of them stands in the table', async () => {
  const smi = standIn([{ used: 0, free: 8000 }]);
  const cwd = makeSweep({ devices: 'cpu' });
  expect((await runHere(['optimize'], { cwd, env: smi.env })).code).toBe(0);
  expect(smi.calls()).toEqual([]);
  const [row] = readCsv(join(cwd, 'cfg/runs.csv'));
  expect(Object.keys(row ?? {}).at(-1)).toBe('reason');
  expect(await hpo(cwd, 'trials')).not.toContain('gpu use');
});
