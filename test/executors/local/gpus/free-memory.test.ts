import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { busyGpus, FreeMemory } from '../../../../src/executors/local/gpus/free-memory.js';
import { NvidiaSmi } from '../../../../src/executors/local/gpus/nvidia-smi.js';
import type { GpuReading } from '../../../../src/executors/local/gpus/readings.js';
import { type StandInGpu, soon, standIn } from '../../../support/gpus.js';

const MIB = 2 ** 20;

const reading = (index: number, free: number | null): GpuReading => ({
  index,
  uuid: `GPU-${index}x`,
  utilizationPercent: null,
  memoryUsedMiB: free === null ? null : 1000 - free,
  memoryFreeMiB: free,
  memoryTotalMiB: 1000,
});

describe('a busy GPU', () => {
  it('has less memory free than is wanted; what is not known counts as free', () => {
    const frees = fc.array(fc.option(fc.integer({ min: 0, max: 1000 })), { maxLength: 8 });
    fc.assert(
      fc.property(frees, fc.integer({ min: 1, max: 1200 * MIB }), (all, wanted) => {
        const busy = busyGpus(
          all.map((free, k) => reading(k, free)),
          wanted,
        );
        const expected = all.flatMap((free, k) =>
          free !== null && free * MIB < wanted ? [`GPU-${k}x`] : [],
        );
        expect([...busy.keys()]).toEqual(expected);
      }),
    );
    expect(busyGpus([reading(3, 100)], 101 * MIB).get('GPU-3x')).toEqual({
      device: '3',
      freeMiB: 100,
      usedMiB: 900,
      totalMiB: 1000,
    });
  });
});

describe('the memory of GPUs', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** Wants 500 MiB of the first two GPUs, on a clock that the test moves. */
  function watched(gpus: readonly StandInGpu[]) {
    const smi = standIn(gpus);
    for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
    const clock = { nowMs: 0 };
    const unknown: string[] = [];
    const memory = new FreeMemory({
      minFreeBytes: 500 * MIB,
      labels: new Map([
        ['GPU-0x', '0'],
        ['GPU-1x', '1'],
      ]),
      onUnknown: (labels) => unknown.push(...labels),
      now: () => clock.nowMs,
      // A call that hangs does so for longer than the test may take.
      smi: new NvidiaSmi(1_000_000),
    });
    onTestFinished(() => memory.close());
    const lookAt = async (nowMs: number) => {
      clock.nowMs = nowMs;
      await memory.look();
      return [...memory.busy.values()].map(({ device }) => device);
    };
    return { smi, lookAt, unknown };
  }
  const [free, full] = [
    { used: 100, free: 900 },
    { used: 900, free: 100 },
  ];

  it('is looked at every few seconds and no more often; GPUs of others do not matter', async () => {
    const { smi, lookAt } = watched([free, full, full]);
    expect(await lookAt(0)).toEqual(['1']);
    smi.set([full, free, full]);
    expect(await lookAt(4999)).toEqual(['1']);
    expect(smi.calls()).toHaveLength(1);
    expect(await lookAt(5000)).toEqual(['0']);
    expect(smi.calls()).toHaveLength(2);
  });

  it('is believed for a minute where nvidia-smi fails, and then not known', async () => {
    const { smi, lookAt, unknown } = watched([free, full]);
    expect(await lookAt(0)).toEqual(['1']);
    smi.mode('fail');
    expect(await lookAt(59_999)).toEqual(['1']);
    expect(unknown).toEqual([]);
    await lookAt(70_000);
    await soon(() => expect(unknown).toEqual(['0', '1']));
    expect(await lookAt(70_000)).toEqual([]);
    smi.mode('works');
    await lookAt(80_000);
    await soon(async () => expect(await lookAt(80_000)).toEqual(['1']));
  });

  it('is waited for no second time where nvidia-smi hangs', async () => {
    const { smi, lookAt } = watched([free, full]);
    smi.mode('hang');
    const first = lookAt(0);
    await soon(() => smi.endHanging());
    expect(await first).toEqual([]);
    // This one would not come back.
    expect(await lookAt(10_000)).toEqual([]);
    await soon(() => expect(smi.calls()).toHaveLength(2));
  });

  it('that the driver does not report is warned about once', async () => {
    const { lookAt, unknown } = watched([full, { used: null, free: null }]);
    expect(await lookAt(0)).toEqual(['0']);
    expect(await lookAt(6000)).toEqual(['0']);
    expect(unknown).toEqual(['1']);
  });
});
