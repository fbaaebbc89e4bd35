import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { NvidiaSmi } from '../../../../src/executors/local/gpus/nvidia-smi.js';
import { readGpus, readProcesses } from '../../../../src/executors/local/gpus/readings.js';
import { soon, standIn } from '../../../support/gpus.js';

afterEach(() => vi.unstubAllEnvs());

function onPath(smi: ReturnType<typeof standIn>, timeoutMs?: number): NvidiaSmi {
  for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
  const program = new NvidiaSmi(timeoutMs);
  onTestFinished(() => program.close());
  return program;
}

describe('what GPUs do at the moment', () => {
  it('is read with [N/A] for what the driver does not tell', async () => {
    const smi = standIn([
      { util: 63, used: 1000, free: 500 },
      { util: null, used: null, free: null },
    ]);
    smi.apps(['GPU-0x, 17, 400', 'GPU-1x, 18, [N/A]', 'a warning of the driver']);
    const program = onPath(smi);
    const nothing = { memoryUsedMiB: null, memoryFreeMiB: null, memoryTotalMiB: null };
    expect(await readGpus(program)).toEqual([
      {
        index: 0,
        uuid: 'GPU-0x',
        utilizationPercent: 63,
        memoryUsedMiB: 1000,
        memoryFreeMiB: 500,
        memoryTotalMiB: 1500,
      },
      { index: 1, uuid: 'GPU-1x', utilizationPercent: null, ...nothing },
    ]);
    expect(await readProcesses(program)).toEqual([
      { uuid: 'GPU-0x', pid: 17, memoryMiB: 400 },
      { uuid: 'GPU-1x', pid: 18, memoryMiB: null },
    ]);
  });

  it('is not known where nvidia-smi fails or is missing, nor after the end', async () => {
    const smi = standIn([{ used: 0, free: 1 }]);
    const program = onPath(smi);
    smi.mode('fail');
    expect([await readGpus(program), await readProcesses(program)]).toEqual([null, null]);
    vi.stubEnv('PATH', '/no/such/folder');
    expect(await readGpus(program)).toBeNull();
    onPath(smi);
    smi.mode('works');
    expect(await readGpus(program)).toHaveLength(1);
    program.close();
    expect(await readGpus(program)).toBeNull();
  });

  it('is not waited for where nvidia-smi hangs; calls come one after another', async () => {
    const smi = standIn([{ used: 0, free: 1 }]);
    const program = onPath(smi, 200);
    smi.mode('hang');
    expect(await readGpus(program)).toBeNull();
    smi.mode('works');
    await soon(async () => expect(await readGpus(program)).toHaveLength(1));
    const both = await Promise.all([readGpus(program), readProcesses(program)]);
    expect(both).toEqual([expect.any(Array), []]);
  });

  it('answers at once when it is closed while a call hangs', async () => {
    const smi = standIn([{ used: 0, free: 1 }]);
    const program = onPath(smi, 1_000_000);
    smi.mode('hang');
    const hanging = readGpus(program);
    await soon(() => expect(smi.calls()).toHaveLength(1));
    program.close();
    expect(await hanging).toBeNull();
  });
});
