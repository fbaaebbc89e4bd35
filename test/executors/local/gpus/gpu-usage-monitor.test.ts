import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { GpuSample } from '../../../../src/core/gpu-use.js';
import {
  type Executor,
  NO_HOOKS,
  type Outcome,
  type RunHooks,
  type RunnableAttempt,
} from '../../../../src/executors/executor.js';
import { GpuUsageMonitor } from '../../../../src/executors/local/gpus/gpu-usage-monitor.js';
import { soon, standIn } from '../../../support/gpus.js';
import { pass, until } from '../../../support/until.js';
import { spawnProcess } from '../leases/harness.js';

afterEach(() => vi.unstubAllEnvs());

const DONE: Outcome = { kind: 'exited', exitCode: 0, finishedAtMs: 0, logTail: [] };

function attempt(token: string, device: string): RunnableAttempt {
  const slot = { id: 0, device, env: {} };
  return {
    study: 's',
    trial: 0,
    attempt: 1,
    token,
    handle: '',
    params: {},
    defineByRun: false,
    inheritedMetrics: [],
    seed: 0,
    targetStep: null,
    copy: null,
    lostWith: null,
    slot,
    startedAtMs: 0,
  };
}

/** Attempts run until the test ends them. */
function makeWatch(gpus: Parameters<typeof standIn>[0]) {
  const smi = standIn(gpus);
  for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
  const ends: (() => void)[] = [];
  const untilEnded = () => new Promise<Outcome>((resolve) => ends.push(() => resolve(DONE)));
  const executor: Executor = {
    kind: 'local',
    allocate: () => '',
    run: untilEnded,
    reattach: untilEnded,
    isAlive: async () => 'alive',
    cancel: async () => ({ kind: 'ended' }),
    async *logs() {},
    cleanup: async () => [],
    checkpoints: null,
  };
  const troubles: string[] = [];
  const watch = new GpuUsageMonitor({
    onTrouble: () => troubles.push('trouble'),
    firstMs: 1,
    intervalMs: 20,
  });
  onTestFinished(() => watch.close());
  const watched = watch.wrapExecutor(executor);
  const start = (which: 'run' | 'reattach', each: RunnableAttempt) => {
    const samples: GpuSample[] = [];
    const hooks: RunHooks = {
      ...NO_HOOKS,
      signal: new AbortController().signal,
      gpuSample: (sample) => samples.push(sample),
    };
    return { samples, ended: watched[which](each, hooks) };
  };
  const end = () => {
    for (const each of ends.splice(0)) each();
  };
  return { smi, start, end, troubles };
}

/** Several intervals of the monitor. */
const intervals = () => pass(150);

describe('a watch of GPUs', () => {
  it('tells each running attempt what it uses, one look for all of them, and stops with the last', async () => {
    const { smi, start, end } = makeWatch([
      { util: 60, used: 1000, free: 0 },
      { util: 20, used: 0, free: 0 },
    ]);
    const child = spawnProcess('one');
    smi.apps([`GPU-0x, ${child.pid}, 700`, `GPU-0x, ${process.pid}, 200`]);
    // One that was started by another orchestrator is watched like any other.
    const [one, two] = [start('run', attempt('one', '0')), start('reattach', attempt('two', '1'))];
    await soon(() => expect(two.samples.length).toBeGreaterThan(1));
    expect(one.samples[0]).toEqual({
      cardUtilizationPercent: 60,
      memoryMiB: 700,
      cardMemoryMiB: 1000,
      shared: true,
    });
    expect(two.samples[0]).toEqual({
      cardUtilizationPercent: 20,
      memoryMiB: null,
      cardMemoryMiB: 0,
      shared: false,
    });
    smi.set([{ util: 90, used: 1200, free: 0 }]);
    await soon(() => expect(one.samples.at(-1)?.cardUtilizationPercent).toBe(90));
    end();
    expect(await Promise.all([one.ended, two.ended])).toEqual([DONE, DONE]);
    // A look may be under way.
    await until(async () => {
      const before = smi.calls().length;
      await intervals();
      return smi.calls().length === before;
    });
    const calls = smi.calls();
    const looks = calls.filter((call) => call.startsWith('--query-gpu')).length;
    expect(Math.abs(looks - one.samples.length)).toBeLessThanOrEqual(1);
    await intervals();
    expect(smi.calls()).toEqual(calls);
  });

  it('looks at nothing while no attempt runs on a GPU', async () => {
    const { smi, start, end } = makeWatch([{ used: 0, free: 0 }]);
    const { samples, ended } = start('run', attempt('one', 'cpu'));
    await intervals();
    end();
    await ended;
    expect([samples, smi.calls()]).toEqual([[], []]);
  });

  it('stops sampling while nvidia-smi fails, warns once, and samples again when it works', async () => {
    const { smi, start, end, troubles } = makeWatch([{ util: 5, used: 0, free: 0 }]);
    smi.mode('fail');
    const { samples, ended } = start('run', attempt('one', '0'));
    await soon(() => expect(smi.calls().length).toBeGreaterThan(6));
    expect([samples, troubles]).toEqual([[], ['trouble']]);
    smi.mode('works');
    await soon(() => expect(samples.length).toBeGreaterThan(0));
    end();
    expect(await ended).toEqual(DONE);
  });

  it('keeps no attempt waiting where nvidia-smi hangs', async () => {
    const { smi, start, end } = makeWatch([{ used: 0, free: 0 }]);
    smi.mode('hang');
    const { ended } = start('run', attempt('one', '0'));
    await soon(() => expect(smi.calls()).toHaveLength(1));
    end();
    expect(await ended).toEqual(DONE);
  });
});
