import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { int } from '../../../src/core/distribution.js';
import type { Slot } from '../../../src/executors/executor.js';
import { isAttemptAlive } from '../../../src/executors/local/attempt-liveness.js';
import { NO_LIMITS } from '../../../src/executors/local/limits.js';
import { signal } from '../../../src/executors/local/process-tree.js';
import { readTrainer } from '../../../src/executors/local/trainer-record.js';
import { SlotPool } from '../../../src/executors/slot-pool.js';
import { makeSpec, newStudy, results, sweep } from '../../study/harness.js';
import { freeze } from '../../support/freezer.js';
import { describeWithReal } from '../../support/real-part.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

const QUICK = { stopGraceMs: 100, killWaitMs: 300 };

describeWithReal('freezer', 'a process that the kernel cannot end', () => {
  it('is waited for only so long, and its attempt still lives', async () => {
    const executor = makeExecutor(tempDir(), [trainer('hang.sh')], QUICK);
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    const { pid = 0 } = readTrainer(attempt.handle) ?? {};
    const { thaw } = freeze(pid);
    hooks.stop('stopped');
    expect(await outcome).toMatchObject({ kind: 'stuck', pids: [pid], stoppedFor: 'stopped' });
    const life = () => isAttemptAlive(attempt.handle, attempt.token);
    expect(life()).toBe('alive');
    thaw();
    await until(() => life() === 'ended');
    expect(readFileSync(join(attempt.handle, 'exit'), 'utf8')).toMatch(/^1(43|37)\n$/);
  });

  it('that was left behind is reported when the attempt is cleaned up', async () => {
    const executor = makeExecutor(tempDir(), [trainer('escape.pl'), 'session twice waits'], QUICK);
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    const child = hooks.points[0]?.value ?? 0;
    freeze(child);
    signal(readTrainer(attempt.handle)?.pid ?? 0, 'SIGTERM');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 143 });
    expect(await executor.cleanup(attempt)).toEqual([child]);
  });

  /** Trial 0 hangs and freezes at its first report; the others end. */
  async function swept(slots: number) {
    const outputs = tempDir();
    const script =
      'echo $$ >"$HPO_TRIAL_DIR/pid"; echo METRIC epoch=1 loss=$HPO_TRIAL; [ $HPO_TRIAL != 0 ] || exec sleep 1000';
    const executor = makeExecutor(outputs, ['/bin/sh', '-c', script], {
      ...QUICK,
      limits: { ...NO_LIMITS, trialTimeoutMs: 1500 },
    });
    const study = await newStudy(makeSpec([{ name: 'x', distribution: int(0, 2) }]));
    const places: Slot[] = Array.from({ length: slots }, (_, id) => ({ id, device: 'cpu', env: {} }));
    const pool = new SlotPool(places);
    const swept = sweep(study, executor, {
      pool,
      onEvent: (event) => {
        if (event.type === 'trial-reported' && event.trial === 0)
          freeze(Number(readFileSync(join(outputs, 'test/trial-00000/pid'), 'utf8')));
      },
    });
    return { study, pool, swept };
  }

  it('fails its trial and closes its slot, and the sweep continues on the others', async () => {
    const { study, pool, swept: ended } = await swept(2);
    const { events } = await ended;
    expect(await results(study)).toEqual(['fail', 'complete 1', 'complete 2']);
    const [row] = await study.storage.rows(study.id, 0, 1);
    expect(row?.reason).toMatch(/^cannot be ended: process \d+ is stuck in the kernel$/);
    expect(pool.size).toBe(1);
    const message = expect.stringMatching(
      /^process \d+ is stuck in the kernel: its slot on cpu is not used any more$/,
    );
    expect(events).toContainEqual({ type: 'warning', trial: 0, message });
  });

  it('ends a sweep that has no other slot, with an error', async () => {
    const { study, pool, swept: ended } = await swept(1);
    await expect(ended).rejects.toMatchObject({ code: 'sweep.no-slot-left' });
    expect((await results(study))[0]).toBe('fail');
    expect(pool.size).toBe(0);
  });
});
