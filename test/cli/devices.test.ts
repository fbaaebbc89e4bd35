import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fixture, makeSweep, type Ran, readCsv, runHere } from '../support/cli.js';

const PATH = `${dirname(fixture('nvidia-smi'))}:${process.env.PATH}`;
const xs = { parameters: { x: [1, 2, 3, 4] } };

type Planned = { trials: { device: string; pin: Record<string, string> }[] };

/** Device and CUDA_VISIBLE_DEVICES of each planned trial on a machine with two GPUs. */
async function plan(
  more: Record<string, unknown>,
  args: readonly string[] = [],
  env: Record<string, string> = {},
) {
  const cwd = makeSweep({ ...xs, devices: 'auto', max_concurrent: 8, ...more });
  const ran = await runHere(['optimize', '--dry-run', '--json', ...args], { cwd, env: { PATH, ...env } });
  if (ran.code !== 0) return ran;
  const { trials } = JSON.parse(ran.stdout) as Planned;
  return trials.map(({ device, pin }) => `${device}: ${pin.CUDA_VISIBLE_DEVICES}`);
}

const refusal = (code: string): Partial<Ran> => ({
  code: 2,
  stderr: expect.stringContaining(`error[${code}]`),
});

test('trials really run on both GPUs, pinned by UUID in PCI order, the device in their row', async () => {
  const cwd = makeSweep({ ...xs, trainer: 'tell.sh', devices: 'auto' });
  const { code, stdout } = await runHere(['optimize'], { cwd, env: { PATH } });
  expect([code, stdout]).toEqual([0, expect.stringContaining('2 slots (0 1)')]);
  const rows = readCsv(join(cwd, 'cfg/runs.csv'));
  const seen = rows.map(({ trial, device }) => {
    const text = readFileSync(join(cwd, `outputs/s/trial-0000${trial}/seen.txt`), 'utf8');
    expect(text).toContain('\nCUDA_DEVICE_ORDER=PCI_BUS_ID\n');
    // Threads are a matter of CPU slots.
    expect(text).not.toContain('OMP_NUM_THREADS');
    return `${device} ${/^HPO_DEVICE=(.*)$/m.exec(text)?.[1]} ${/^CUDA_VISIBLE_DEVICES=(.*)$/m.exec(text)?.[1]}`;
  });
  expect(seen.slice(0, 2)).toEqual(['0 0 GPU-aaaa', '1 1 GPU-bbbb']);
  expect(new Set(seen)).toEqual(new Set(['0 0 GPU-aaaa', '1 1 GPU-bbbb']));
});

test('slots: round robin, shared, several for one trial, named', async () => {
  const [a, b] = ['0: GPU-aaaa', '1: GPU-bbbb'];
  expect(await plan({ slots_per_device: 2 })).toEqual([a, b, a, b]);
  expect(await plan({ gpus_per_trial: 2 })).toEqual(
    Array.from({ length: 4 }, () => '0,1: GPU-aaaa,GPU-bbbb'),
  );
  expect(await plan({}, ['--devices', 'GPU-bbbb,0'])).toEqual([b, a, b, a]);
  expect(await plan({}, ['--devices', 'cpu', '--max-concurrent', '1'])).toEqual(
    Array.from({ length: 4 }, () => 'cpu: '),
  );
});

test('an inherited CUDA_VISIBLE_DEVICES is subdivided, never renumbered', async () => {
  const [a, b] = ['0: GPU-aaaa', '1: GPU-bbbb'];
  expect(await plan({}, [], { CUDA_VISIBLE_DEVICES: '1,0' })).toEqual([b, a, b, a]);
  expect(await plan({}, [], { CUDA_VISIBLE_DEVICES: '' })).toEqual(Array.from({ length: 4 }, () => 'cpu: '));
});

test('devices that cannot be had are refused', async () => {
  expect(await plan({ devices: [2] })).toMatchObject(refusal('devices.unknown'));
  expect(await plan({}, ['--devices', '0'], { CUDA_VISIBLE_DEVICES: '1' })).toMatchObject(
    refusal('devices.not-visible'),
  );
});

test('the GPU memory of trials is no objective or limit where no GPU is watched: the start says so', async () => {
  const objective = { objective: { metric: 'hpo.gpu_memory_mb', direction: 'minimize' } };
  const limit = { constraints: ['hpo.gpu_memory_mb <= 8000'] };
  for (const more of [objective, limit]) {
    expect(await plan({ ...more, devices: 'cpu' })).toMatchObject(refusal('devices.no-gpu-memory'));
    expect(await plan(more)).toHaveLength(4);
  }
  const cwd = makeSweep({ ...xs, ...objective, devices: 'cpu' });
  const ran = await runHere(['optimize'], { cwd, env: { PATH } });
  expect(ran).toMatchObject(refusal('devices.no-gpu-memory'));
  expect(ran.stderr).toContain('hpo doctor');
  // Nothing is left behind, and as a column alone it may be empty.
  expect(existsSync(join(cwd, 'storage'))).toBe(false);
  const column = { logging: { local: { metrics: ['loss', 'hpo.gpu_memory_mb'] } } };
  expect(await plan({ ...column, devices: 'cpu' })).toHaveLength(4);
});
