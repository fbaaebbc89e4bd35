import { describe, expect, it } from 'vitest';
import type { GpuReading } from '../../../../src/executors/local/gpus/readings.js';
import { type KnownProcess, sampleOf } from '../../../../src/executors/local/gpus/sample.js';

const card = (index: number, more: Partial<GpuReading> = {}): GpuReading => ({
  index,
  uuid: `GPU-${index}x`,
  utilizationPercent: 10 * (index + 1),
  memoryUsedMiB: 1000 * (index + 1),
  memoryFreeMiB: null,
  memoryTotalMiB: null,
  ...more,
});
const cards = [card(0), card(1), card(2)];
const process = (gpu: number, token: string | null, memoryMiB: number | null): KnownProcess => ({
  uuid: `GPU-${gpu}x`,
  pid: 1,
  memoryMiB,
  token,
});
const mine = { token: 'mine', devices: ['0'] };

describe('a look at what a trial uses', () => {
  it('sums the memory of its own processes; utilization is that of the card', () => {
    const processes = [process(0, 'mine', 300), process(0, 'mine', 200), process(1, 'other', 50)];
    expect(sampleOf(mine, [mine], cards, processes)).toEqual({
      cardUtilizationPercent: 10,
      memoryMiB: 500,
      cardMemoryMiB: 1000,
      shared: false,
    });
  });

  it('on several cards takes the mean of their utilization and the sum of memory', () => {
    const both = { token: 'mine', devices: ['0', 'GPU-1x'] };
    const processes = [process(0, 'mine', 300), process(1, 'mine', 200)];
    expect(sampleOf(both, [both], cards, processes)).toEqual({
      cardUtilizationPercent: 15,
      memoryMiB: 500,
      cardMemoryMiB: 3000,
      shared: false,
    });
  });

  it.each([
    ['another trial', [mine, { token: 'next', devices: ['1', '0'] }], []],
    ['a process of another sweep', [mine], [process(0, 'theirs', 1)]],
    ['a process that nobody knows', [mine], [process(0, null, 1)]],
  ])('says that %s is on the card too', (_, attempts, processes) => {
    expect(sampleOf(mine, attempts, cards, processes)).toMatchObject({ shared: true, memoryMiB: null });
  });

  it('knows nothing of memory where the driver does not tell of one of its processes', () => {
    const processes = [process(0, 'mine', 300), process(0, 'mine', null)];
    expect(sampleOf(mine, [mine], cards, processes)?.memoryMiB).toBeNull();
    const dark = card(0, { utilizationPercent: null, memoryUsedMiB: null });
    expect(sampleOf(mine, [mine], [dark], processes)).toBeNull();
    expect(sampleOf(mine, [mine], [dark], [])).toBeNull();
  });

  it('of a MIG instance has the memory of its processes, wherever nvidia-smi says they are', () => {
    const slice = { token: 'mine', devices: ['MIG-1'] };
    expect(sampleOf(slice, [slice], cards, [process(0, 'mine', 300)])).toEqual({
      cardUtilizationPercent: null,
      memoryMiB: 300,
      cardMemoryMiB: null,
      shared: false,
    });
  });
});
