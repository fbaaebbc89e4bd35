import { describe, expect, it } from 'vitest';
import { makeFunctionExecutor, type ObjectiveFunction } from '../../../src/executors/function/executor.js';
import { makeAttempt, Recorder } from '../local/harness.js';

async function run(objective: ObjectiveFunction, hooks = new Recorder()) {
  const executor = makeFunctionExecutor(objective, ['loss']);
  const outcome = await executor.run(makeAttempt(executor), hooks);
  return { outcome, points: hooks.points };
}

describe('a function as a trial', () => {
  it('gets its parameters and seed; reports are steps, what it returns is final', async () => {
    const { outcome, points } = await run(async ({ params, seed, number, report }) => {
      report(0.5, 0);
      report({ loss: 0.25, acc: 0.9 }, 1);
      return Number(params['learner.step_size']) + seed + number;
    });
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(points).toEqual([
      { name: 'loss', step: 0, value: 0.5 },
      { name: 'loss', step: 1, value: 0.25 },
      { name: 'acc', step: 1, value: 0.9 },
      { name: 'loss', step: null, value: 49.05 },
    ]);
  });

  it('may return several values by name', async () => {
    expect((await run(() => ({ a: 1, b: NaN }))).points).toEqual([
      { name: 'a', step: null, value: 1 },
      { name: 'b', step: null, value: NaN },
    ]);
  });

  it.each([
    [
      'a throw',
      () => {
        throw new Error('out of memory');
      },
      'out of memory',
    ],
    ['a rejection', () => Promise.reject('no data'), 'no data'],
    ['a forgotten return', (() => undefined) as unknown as ObjectiveFunction, 'got undefined'],
    [
      'a bad step',
      ({ report }) => {
        report(1, -1);
        return 1;
      },
      'got -1',
    ],
  ] satisfies [string, ObjectiveFunction, string][])(
    'fails with the message of %s',
    async (_, objective, message) => {
      const { outcome, points } = await run(objective);
      expect(outcome).toMatchObject({ kind: 'exited', exitCode: 1 });
      expect(outcome.kind === 'exited' && outcome.logTail[0]).toContain(message);
      expect(points).toEqual([]);
    },
  );

  it('is notified when it should end', async () => {
    const hooks = new Recorder();
    let started = () => {};
    const hasStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    const ended = run(({ signal }) => {
      started();
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(3)));
    }, hooks);
    await hasStarted;
    hooks.stop('pruned');
    expect((await ended).points).toEqual([{ name: 'loss', step: null, value: 3 }]);
  });

  it('is not called when it should end before it has begun', async () => {
    const hooks = new Recorder();
    const ended = run(() => expect.unreachable(), hooks);
    hooks.stop('interrupted');
    expect((await ended).outcome).toMatchObject({ kind: 'not-started', fatal: false });
  });

  it('cannot be resumed: its program is gone', async () => {
    const executor = makeFunctionExecutor(() => 1, ['loss']);
    expect(await executor.reattach(makeAttempt(executor), new Recorder())).toMatchObject({
      kind: 'unknown',
      lost: 'its program ended while it ran',
    });
  });
});

it('measures its duration and nothing else', async () => {
  const executor = makeFunctionExecutor(() => undefined as never, ['hpo.duration_s']);
  const hooks = new Recorder();
  await executor.run(makeAttempt(executor), hooks);
  expect(hooks.points).toEqual([{ name: 'hpo.duration_s', step: null, value: expect.any(Number) }]);
  expect(() => makeFunctionExecutor(() => 1, ['loss', 'hpo.cpu_s'])).toThrow(/got hpo.cpu_s/);
});
