import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { LowMemoryGpu, Slot } from '../../src/executors/executor.js';
import { SlotPool } from '../../src/executors/slot-pool.js';
import type { SweepEvent } from '../../src/study/events.js';
import { makeSpec, newStudy, rows, type Script, ScriptedExecutor, sweep, trains, turn } from './harness.js';

const spec = () => makeSpec([{ name: 'n', distribution: int(1, 3) }]);

const gpuSlots: readonly Slot[] = [0, 1].map((id) => ({
  id,
  device: String(id),
  env: { CUDA_VISIBLE_DEVICES: `GPU-${id}x` },
}));

/** Two GPUs, of which some are busy until they are looked at so often; null: for ever. */
function makePool(busyUntilLook: readonly (number | null)[]) {
  let looks = 0;
  const memory = {
    look: async () => {
      looks += 1;
      await turn();
    },
    get busy(): ReadonlyMap<string, LowMemoryGpu> {
      return new Map(
        busyUntilLook.flatMap((until, k) => {
          const gpu = { device: String(k), freeMiB: 1, usedMiB: 9, totalMiB: 10 };
          return until === null || looks < until ? [[`GPU-${k}x`, gpu] as const] : [];
        }),
      );
    },
  };
  return { pool: new SlotPool(gpuSlots, { size: 2, memory }), memory };
}

const told = (events: readonly SweepEvent[]) =>
  events.flatMap((event) =>
    event.type === 'gpus-low-memory' ? [event.gpus.map(({ device }) => device)] : [],
  );

describe('a sweep on GPUs that others use', () => {
  test('runs beside a busy GPU, and says once that it is left out', async () => {
    const study = await newStudy(spec());
    // Long enough for the next slot to be looked for meanwhile.
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      for (let k = 0; k < 10; k++) await turn();
      return trains(() => 1)(attempt, hooks);
    });
    const { pool } = makePool([null, 0]);
    const { end, events } = await sweep(study, executor, { pool });
    expect(end).toBe('exhausted');
    expect(executor.started.map(({ slot }) => slot.device)).toEqual(['1', '1', '1']);
    expect(told(events)).toEqual([['0']]);
  });

  test('waits while all are busy, and goes on when one is free', async () => {
    const study = await newStudy(spec());
    const executor = new ScriptedExecutor(trains(() => 1));
    const { pool } = makePool([null, 3]);
    const { end, events } = await sweep(study, executor, { pool });
    expect(end).toBe('exhausted');
    expect(executor.started).toHaveLength(3);
    expect(told(events)).toEqual([['0', '1']]);
  });

  test.each(['drain', 'abort', 'timeout'] as const)('%s ends the waiting', async (how) => {
    const study = await newStudy(spec());
    const executor = new ScriptedExecutor(trains(() => 1));
    const stop = new AbortController();
    const { pool } = makePool([null, null]);
    const { end } = await sweep(study, executor, {
      pool,
      onEvent: (event) => {
        if (event.type === 'gpus-low-memory' && how !== 'timeout') stop.abort();
      },
      ...(how === 'timeout' ? { timeoutMs: 50 } : { [how]: stop.signal }),
    });
    expect(end).toBe(how === 'timeout' ? 'timeout' : 'interrupted');
    expect(executor.started).toEqual([]);
  });

  test('is not kept from its end by a look that hangs', async () => {
    const study = await newStudy(spec());
    const executor = new ScriptedExecutor(trains(() => 1));
    const stop = new AbortController();
    const { pool, memory } = makePool([null, null]);
    memory.look = () => {
      setImmediate(() => stop.abort());
      return new Promise(() => {});
    };
    const { end } = await sweep(study, executor, { pool, drain: stop.signal });
    expect([end, executor.started]).toEqual(['interrupted', []]);
  });

  test('a finished study waits for no GPU', async () => {
    const study = await newStudy(spec());
    await sweep(study, new ScriptedExecutor(trains(() => 1)));
    const { pool } = makePool([null, null]);
    const { end } = await sweep(study, new ScriptedExecutor(trains(() => 1)), { pool, total: 3 });
    expect(end).toBe('exhausted');
  });
});

describe('what a trial uses of its GPUs', () => {
  const sample = { cardUtilizationPercent: 50, memoryMiB: 100, cardMemoryMiB: 200, shared: false };
  /** Tells of its use before it ends. */
  const uses: Script = async (attempt, hooks) => {
    hooks.gpuSample?.(sample);
    return trains(() => 1)(attempt, hooks);
  };

  test('is stored before its end, and told', async () => {
    const study = await newStudy(spec());
    const { events } = await sweep(study, new ScriptedExecutor(uses));
    const stored = await rows(study);
    expect(stored.map(({ gpuUse }) => gpuUse?.memoryMiB)).toEqual(
      stored.map(() => ({ mean: 100, max: 100, samples: 1 })),
    );
    expect(events.filter(({ type }) => type === 'gpu-used')).toHaveLength(3);
  });

  test('that cannot be stored is a warning, and no end of the trial', async () => {
    const study = await newStudy(spec());
    study.storage.recordGpuUsage = () => Promise.reject(new Error('no'));
    const { end, events } = await sweep(study, new ScriptedExecutor(uses));
    expect([end, (await rows(study)).map(({ state }) => state)]).toEqual([
      'exhausted',
      ['complete', 'complete', 'complete'],
    ]);
    expect(events).toContainEqual({
      type: 'warning',
      trial: 0,
      message: 'its use of GPUs was not stored: Error: no',
    });
  });
});
