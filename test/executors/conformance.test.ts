import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Executor } from '../../src/executors/executor.js';
import { makeFunctionExecutor } from '../../src/executors/function/executor.js';
import { canReattach } from '../../src/executors/handle.js';
import { GpuUsageMonitor } from '../../src/executors/local/gpus/gpu-usage-monitor.js';
import { attemptFiles } from '../../src/executors/local/paths.js';
import { processesWithToken } from '../../src/executors/local/process-tree.js';
import { standIn } from '../support/gpus.js';
import { makeAttempt, makeExecutor, Recorder, tempDir } from './local/harness.js';

afterEach(() => vi.unstubAllEnvs());

/** Reports one loss at step 1, saves a checkpoint where it can, and ends well. */
const SAVES =
  'echo METRIC epoch=1 loss=0.5; [ -z "$HPO_CHECKPOINT_DIR" ] || echo 1 >"$HPO_CHECKPOINT_DIR/epoch"';
const HANGS = 'echo METRIC epoch=1 loss=0.5; exec sleep 1000';

type Kind = {
  /** A trial that reports a loss of 0.5 at step 1 and then ends, or waits to be ended. */
  readonly make: (what: 'ends' | 'waits') => Executor;
  readonly hasCheckpoints: boolean;
  /** Whether it takes over attempts of processes. */
  readonly followsProcesses: boolean;
};

const executors: Readonly<Record<string, Kind>> = {
  'a process': {
    make: (what) => makeExecutor(tempDir(), ['/bin/sh', '-c', what === 'ends' ? SAVES : HANGS]),
    hasCheckpoints: false,
    followsProcesses: true,
  },
  'a process with checkpoints': {
    make: (what) =>
      makeExecutor(tempDir(), ['/bin/sh', '-c', what === 'ends' ? SAVES : HANGS], { checkpoints: 'remove' }),
    hasCheckpoints: true,
    followsProcesses: true,
  },
  'a function': {
    make: (what) =>
      makeFunctionExecutor(
        async ({ report, signal }) => {
          report(0.5, 1);
          while (what === 'waits' && !signal.aborted)
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          return 0.5;
        },
        ['loss'],
      ),
    hasCheckpoints: false,
    followsProcesses: false,
  },
};

/** Whatever takes an executor and gives one that is used in its place. */
const wrappers: Readonly<Record<string, (executor: Executor) => Executor>> = {
  'by itself': (executor) => executor,
  'whose use of GPUs is watched': (executor) => {
    const smi = standIn([{ util: 5, used: 0, free: 8000 }]);
    for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
    const watch = new GpuUsageMonitor({ onTrouble: () => {}, firstMs: 1 });
    onTestFinished(() => watch.close());
    return watch.wrapExecutor(executor);
  },
};

const cases = Object.entries(executors).flatMap(([name, kind]) =>
  Object.entries(wrappers).map(([how, wrap]) => ({ name: `${name} ${how}`, kind, wrap })),
);
const ON_GPU = { slot: { id: 0, device: '0', env: { CUDA_VISIBLE_DEVICES: '0' } } };

describe.each(cases)('an executor: $name', ({ kind, wrap }) => {
  const make = (what: 'ends' | 'waits' = 'ends') => wrap(kind.make(what));

  it('has every member of the contract', () => {
    const executor = make();
    expect(Object.keys(executor).sort()).toEqual([
      'allocate',
      'cancel',
      'checkpoints',
      'cleanup',
      'isAlive',
      'kind',
      'logs',
      'reattach',
      'run',
    ]);
    expect(executor.checkpoints !== null).toBe(kind.hasCheckpoints);
  });

  it.each(['cpu', 'gpu'])(
    'runs an attempt on a %s to its end and hands on what it reports',
    async (where) => {
      const executor = make();
      const attempt = makeAttempt(executor, where === 'gpu' ? ON_GPU : {});
      const hooks = new Recorder();
      expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
      expect(hooks.points[0]).toEqual({ name: 'loss', step: 1, value: 0.5 });
    },
  );

  it('ends an attempt that is stopped', async () => {
    const executor = make('waits');
    const attempt = makeAttempt(executor, ON_GPU);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    hooks.stop('pruned');
    expect(await outcome).toMatchObject({ kind: 'exited' });
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it('leaves nothing of an attempt running that is cleared, and clears it twice', async () => {
    const executor = make();
    const attempt = makeAttempt(executor, ON_GPU);
    await executor.run(attempt, new Recorder());
    await executor.cleanup(attempt);
    await executor.cleanup(attempt);
    expect(processesWithToken(attempt.token)).toEqual([]);
  });

  it('says which attempts it can take over, and does not start one that never started', async () => {
    const executor = make();
    const attempt = makeAttempt(executor, ON_GPU);
    expect(canReattach(executor, attempt.handle)).toBe(true);
    expect(canReattach(executor, '')).toBe(true);
    expect(canReattach(executor, '/outputs/s/.attempts/00000-1-aabbccdd')).toBe(kind.followsProcesses);
    const hooks = new Recorder();
    expect(await executor.reattach(attempt, hooks)).toMatchObject({ kind: 'not-started', fatal: false });
    expect(hooks.points).toEqual([]);
  });

  it.runIf(kind.hasCheckpoints)('finds the checkpoints of a trial and removes them', async () => {
    const executor = make();
    const attempt = makeAttempt(executor, ON_GPU);
    expect(await executor.checkpoints?.exist(attempt)).toBe(false);
    await executor.run(attempt, new Recorder());
    expect(await executor.checkpoints?.exist(attempt)).toBe(true);
    await executor.checkpoints?.discard(attempt);
    expect(existsSync(attemptFiles(attempt.handle, attempt.trial).checkpointDir)).toBe(false);
  });
});
