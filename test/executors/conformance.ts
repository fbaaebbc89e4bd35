import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.js';
import { attemptFolder, canReattach, handleKind } from '../../src/executors/handle.js';
import { attemptFiles } from '../../src/executors/local/paths.js';
import { processesWithToken } from '../../src/executors/local/process-tree.js';
import { makeAttempt, Recorder } from './local/harness.js';

/** Reports one loss at step 1, saves a checkpoint where it can, and ends well. */
export const SAVES =
  'echo METRIC epoch=1 loss=0.5; [ -z "$HPO_CHECKPOINT_DIR" ] || echo 1 >"$HPO_CHECKPOINT_DIR/epoch"';
export const HANGS = 'echo METRIC epoch=1 loss=0.5; exec sleep 1000';

export type What = 'ends' | 'waits';
export type Kind = {
  readonly kind: string;
  /** Makes executors that share what outlives a program: what one starts, another one finds. */
  readonly make: (what: What) => () => Executor;
  readonly hasCheckpoints: boolean;
  /** Whether its attempts outlive the program, so that another executor of the kind follows and ends them. */
  readonly outlivesPrograms: boolean;
  readonly hasLogs: boolean;
  /** False: something else ends its attempts, which may leave them no time for an exit code. */
  readonly leavesExitCode: boolean;
};

const ON_GPU = { slot: { id: 0, device: '0', env: { CUDA_VISIBLE_DEVICES: '0' } } };
const MEMBERS = [
  'allocate',
  'cancel',
  'checkpoints',
  'cleanup',
  'isAlive',
  'kind',
  'logs',
  'reattach',
  'run',
] as const satisfies readonly (keyof Executor)[];

/** The promises of every executor, for one kind and whatever wraps it. */
export function describeExecutor(name: string, kind: Kind, wrap: (executor: Executor) => Executor): void {
  describe(`an executor: ${name}`, () => {
    /** An executor, and another one of a later program. */
    function pair(what: What = 'ends') {
      const make = kind.make(what);
      return { executor: wrap(make()), later: wrap(make()) };
    }

    it('has every member of the contract', () => {
      const { executor } = pair();
      for (const member of MEMBERS) expect(executor[member]).toBeDefined();
      expect(executor.kind).toBe(kind.kind);
      expect(executor.checkpoints !== null).toBe(kind.hasCheckpoints);
    });

    it('allocates handles of its kind, one for each attempt, and makes nothing', async () => {
      const { executor } = pair();
      const [one, two] = [makeAttempt(executor), makeAttempt(executor, { attempt: 2 })];
      expect([one, two].map(({ handle }) => handleKind(handle))).toEqual([kind.kind, kind.kind]);
      if (kind.outlivesPrograms) expect(one.handle).not.toBe(two.handle);
      expect(existsSync(one.handle)).toBe(false);
      expect(await executor.isAlive(one)).not.toBe('alive');
    });

    it.each(['cpu', 'gpu'])('runs an attempt on a %s to its end and passes on its reports', async (where) => {
      const { executor } = pair();
      const attempt = makeAttempt(executor, where === 'gpu' ? ON_GPU : {});
      const hooks = new Recorder();
      expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
      expect(hooks.points).toContainEqual({ name: 'loss', step: 1, value: 0.5 });
      expect(await executor.isAlive(attempt)).toBe('ended');
    });

    it('ends an attempt that is stopped', async () => {
      const { executor } = pair('waits');
      const attempt = makeAttempt(executor, ON_GPU);
      const hooks = new Recorder();
      const outcome = executor.run(attempt, hooks);
      await hooks.reported(1);
      expect(await executor.isAlive(attempt)).toBe('alive');
      hooks.stop('pruned');
      expect((await outcome).kind).toMatch(kind.leavesExitCode ? /^exited$/ : /^(exited|unknown)$/);
      expect(await executor.isAlive(attempt)).toBe('ended');
      expect(processesWithToken(attempt.token)).toEqual([]);
    });

    it('cancels an attempt that another program runs, or says that it is out of reach', async () => {
      const { executor, later } = pair('waits');
      const attempt = makeAttempt(executor, ON_GPU);
      const hooks = new Recorder();
      const outcome = executor.run(attempt, hooks);
      await hooks.reported(1);
      expect(await later.isAlive(attempt)).toBe(kind.outlivesPrograms ? 'alive' : 'unknown');
      const cancelled = await later.cancel(attempt, 'stopped');
      expect(cancelled).toEqual({ kind: kind.outlivesPrograms ? 'ended' : 'out-of-reach' });
      if (!kind.outlivesPrograms) hooks.stop('interrupted');
      expect((await outcome).kind).toMatch(kind.leavesExitCode ? /^exited$/ : /^(exited|unknown)$/);
      expect(await executor.cancel(attempt, 'stopped')).toEqual({ kind: 'had-ended' });
    });

    it('prevents an attempt that has not started', async () => {
      const { executor, later } = pair();
      const attempt = makeAttempt(executor, ON_GPU);
      const cancelled = await later.cancel(attempt, 'stopped');
      expect(cancelled).toEqual({ kind: kind.outlivesPrograms ? 'prevented' : 'out-of-reach' });
      if (kind.outlivesPrograms)
        expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'not-started' });
    });

    it('yields the output of an attempt from any byte on, and nothing for one that has not started', async () => {
      const { executor, later } = pair();
      const attempt = makeAttempt(executor, ON_GPU);
      const read = async (fromByte: number) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of later.logs(attempt, fromByte)) chunks.push(chunk);
        return Buffer.concat(chunks).toString();
      };
      expect(await read(0)).toBe('');
      await executor.run(attempt, new Recorder());
      const whole = await read(0);
      expect(whole.endsWith('METRIC epoch=1 loss=0.5\n')).toBe(kind.hasLogs);
      expect(await read(7)).toBe(whole.slice(7));
      expect(await read(whole.length)).toBe('');
    });

    it('leaves nothing of an attempt running that is cleaned up, and cleans it up twice', async () => {
      const { executor } = pair();
      const attempt = makeAttempt(executor, ON_GPU);
      await executor.run(attempt, new Recorder());
      expect(await executor.cleanup(attempt)).toEqual([]);
      expect(await executor.cleanup(attempt)).toEqual([]);
      expect(processesWithToken(attempt.token)).toEqual([]);
    });

    it('reattaches its own kind and functions that ended with their program, and starts none that never started', async () => {
      const { executor } = pair();
      const attempt = makeAttempt(executor, ON_GPU);
      expect(canReattach(executor, attempt.handle)).toBe(true);
      expect(canReattach(executor, '')).toBe(true);
      expect(canReattach(executor, '/outputs/s/.attempts/00000-1-aabbccdd')).toBe(kind.kind === 'local');
      expect(canReattach(executor, 'quantum:7')).toBe(false);
      const hooks = new Recorder();
      const isFunction = kind.kind === 'function';
      expect((await executor.reattach(attempt, hooks)).kind).toBe(isFunction ? 'unknown' : 'not-started');
      expect(hooks.points).toEqual([]);
    });

    it.runIf(kind.outlivesPrograms)('reattaches an attempt with every report from the first', async () => {
      const { executor, later } = pair();
      const attempt = makeAttempt(executor, ON_GPU);
      const [first, second] = [new Recorder(), new Recorder()];
      await executor.run(attempt, first);
      expect(await later.reattach(attempt, second)).toMatchObject({ kind: 'exited', exitCode: 0 });
      expect(second.points).toEqual(first.points);
    });

    it.runIf(kind.hasCheckpoints)('finds the checkpoints of a trial and removes them', async () => {
      const { executor } = pair();
      const attempt = makeAttempt(executor, ON_GPU);
      expect(await executor.checkpoints?.exist(attempt)).toBe(false);
      await executor.run(attempt, new Recorder());
      expect(await executor.checkpoints?.exist(attempt)).toBe(true);
      await executor.checkpoints?.discard(attempt);
      expect(await executor.checkpoints?.exist(attempt)).toBe(false);
      const folder = attemptFolder(attempt.handle);
      if (folder !== null) expect(existsSync(attemptFiles(folder, attempt.trial).checkpointDir)).toBe(false);
    });
  });
}
