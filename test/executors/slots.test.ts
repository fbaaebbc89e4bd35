import { describe, expect, it } from 'vitest';
import type { GpuInfo } from '../../src/executors/devices.js';
import type { Slot } from '../../src/executors/executor.js';
import { planSlots, type SlotPlan } from '../../src/executors/slots.js';

function gpus(count: number): GpuInfo[] {
  const unknown = {
    utilizationPercent: null,
    memoryUsedMiB: null,
    memoryTotalMiB: null,
    temperatureC: null,
    powerW: null,
  };
  return Array.from({ length: count }, (_, index) => ({
    index,
    uuid: `GPU-${index}x`,
    name: 'G',
    ...unknown,
  }));
}

function plan(more: Partial<SlotPlan>): Slot[] {
  return planSlots({
    devices: 'auto',
    slotsPerDevice: 1,
    gpusPerTrial: 1,
    maxConcurrent: null,
    inherited: undefined,
    gpus: [],
    cores: 8,
    ...more,
  });
}

const devices = (slots: readonly Slot[]) => slots.map((slot) => slot.device);

describe('planSlots', () => {
  it('hides GPUs on the CPU, with min(cores, 4) slots by default', () => {
    expect(plan({})).toHaveLength(4);
    expect(plan({ cores: 2 })).toHaveLength(2);
    expect(plan({ cores: 2, maxConcurrent: 9 })).toHaveLength(9);
    expect(plan({ devices: 'cpu', gpus: gpus(2), maxConcurrent: 1 })).toEqual([
      { id: 0, device: 'cpu', env: { CUDA_VISIBLE_DEVICES: '' } },
    ]);
  });

  it('pins by UUID in bus order, every device once before any twice', () => {
    const slots = plan({ gpus: gpus(2), slotsPerDevice: 2 });
    expect(devices(slots)).toEqual(['0', '1', '0', '1']);
    expect(slots.map((slot) => slot.id)).toEqual([0, 1, 2, 3]);
    expect(slots[1]?.env).toEqual({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: 'GPU-1x' });
  });

  it('gives a trial several GPUs and leaves a rest unused', () => {
    const slots = plan({ gpus: gpus(5), gpusPerTrial: 2 });
    expect(devices(slots)).toEqual(['0,1', '2,3']);
    expect(slots[1]?.env.CUDA_VISIBLE_DEVICES).toBe('GPU-2x,GPU-3x');
  });

  it('never makes more slots than max_concurrent', () => {
    expect(devices(plan({ gpus: gpus(2), slotsPerDevice: 4, maxConcurrent: 3 }))).toEqual(['0', '1', '0']);
    expect(plan({ gpus: gpus(2), maxConcurrent: 30 })).toHaveLength(2);
  });

  it.each([0, 1])('refuses two GPUs for a trial where there are %d', (count) => {
    expect(() => plan({ gpus: gpus(count), gpusPerTrial: 2 })).toThrow(
      expect.objectContaining({ code: 'devices.too-few', usage: true }),
    );
  });
});
