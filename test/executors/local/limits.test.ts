import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteStop } from '../../../src/executors/local/attempt-dir.js';
import { type AttemptLimits, NO_LIMITS } from '../../../src/executors/local/limits.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { processesWithToken } from '../../../src/executors/local/process-tree.js';
import { makeAttempt, makeExecutor, pass, Recorder, tempDir, trainer, until } from './harness.js';

function prepared(command: readonly string[], limits: Partial<AttemptLimits>) {
  const executor = makeExecutor(tempDir(), command, { limits: { ...NO_LIMITS, ...limits } });
  const attempt = makeAttempt(executor);
  const files = attemptFiles(attempt.handle, attempt.trial);
  return { executor, attempt, files, hooks: new Recorder() };
}

async function run(command: readonly string[], limits: Partial<AttemptLimits>) {
  const { executor, attempt, hooks } = prepared(command, limits);
  const outcome = await executor.run(attempt, hooks);
  return { outcome, hooks, left: processesWithToken(attempt.token) };
}

const stoppedBy = (brokeLimit: string) => ({ kind: 'exited', stoppedFor: 'limit', brokeLimit });

describe('a limit', () => {
  it('trial_timeout ends a trainer that runs too long, however much it reports', async () => {
    const { outcome, hooks } = await run([trainer('ticking.sh')], { trialTimeoutMs: 1000 });
    expect(outcome).toMatchObject(stoppedBy('ran longer than trial_timeout 1s'));
    expect(hooks.points.length).toBeGreaterThan(2);
  });

  it('trial_timeout ends one that ignores TERM, with all its children', async () => {
    const { outcome, left } = await run([trainer('stubborn.sh')], { trialTimeoutMs: 1000 });
    expect(outcome).toMatchObject({ ...stoppedBy('ran longer than trial_timeout 1s'), exitCode: 137 });
    expect(left).toEqual([]);
  });

  it('no_progress_timeout ends one that hangs, and one that only talks', async () => {
    const words = 'printed no METRIC line for no_progress_timeout 400ms';
    for (const name of ['hang.sh', 'chatter.sh'])
      expect((await run([trainer(name)], { noProgressTimeoutMs: 400 })).outcome).toMatchObject(
        stoppedBy(words),
      );
  });

  it('no_progress_timeout leaves a trainer alone that keeps reporting', async () => {
    const { executor, attempt, files, hooks } = prepared([trainer('ticking.sh')], {
      noProgressTimeoutMs: 1000,
    });
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(30);
    writeFileSync(join(files.trialDir, 'go'), '');
    expect(await outcome).toEqual(expect.not.objectContaining({ brokeLimit: expect.anything() }));
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
  });

  it('is not judged before the log has been read, however long that takes', async () => {
    const { executor, attempt, files, hooks } = prepared([trainer('ticking.sh')], {
      noProgressTimeoutMs: 400,
    });
    // Our side is slow for longer than the limit; the trainer reports all the while.
    let slow: Promise<void> = Promise.resolve();
    const outcome = executor.run(attempt, Object.assign(hooks, { drain: () => slow }));
    await hooks.reported(3);
    slow = pass(1000);
    await slow;
    writeFileSync(join(files.trialDir, 'go'), '');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
  });

  it('max_log_bytes ends one that would fill the disk', async () => {
    const command = [process.execPath, trainer('flood.mjs')];
    const { outcome, hooks } = await run(command, { maxLogBytes: 1_000_000 });
    expect(outcome).toMatchObject(stoppedBy('its log grew beyond max_log_bytes 1MB'));
    expect(hooks.points).toHaveLength(1);
  });

  it('that was broken once stays the reason, though its orchestrator died in the middle of the stop', async () => {
    const { executor, attempt, hooks } = prepared([trainer('hang.sh')], {});
    const first = executor.run(attempt, new Recorder());
    await until(() => existsSync(join(attempt.handle, 'pid')));
    await noteStop(attempt.handle, { reason: 'limit', words: 'ran longer than trial_timeout 1m' });
    // The next orchestrator ends what the first one only meant to.
    const outcome = await executor.reattach(attempt, hooks);
    expect(outcome).toMatchObject(stoppedBy('ran longer than trial_timeout 1m'));
    expect(processesWithToken(attempt.token)).toEqual([]);
    await first;
  });
});

describe('an attempt that was reattached', () => {
  it('is ended when its recorded start is too long ago and its log shows that it ran on', async () => {
    const { executor, attempt, hooks } = prepared([trainer('ticking.sh')], {});
    const first = executor.run(attempt, new Recorder());
    await until(() => existsSync(join(attempt.handle, 'pid')));
    const next = makeExecutor(tempDir(), ['true'], { limits: { ...NO_LIMITS, trialTimeoutMs: 60_000 } });
    const before = Date.now();
    // An hour, and whatever this machine may have slept: what is taken off for that is never more than its uptime.
    const startedAtMs = before - 3_600_000;
    const outcome = await next.reattach({ ...attempt, startedAtMs }, hooks);
    expect(outcome).toMatchObject(stoppedBy('ran longer than trial_timeout 1m'));
    expect(Date.now() - before).toBeLessThan(30_000);
    await first;
  });

  it('is not ended at first sight for a silence that nobody watched', async () => {
    const { executor, attempt, files, hooks } = prepared([trainer('two-epochs.sh')], {});
    const first = executor.run(attempt, new Recorder());
    // Its one line is out: it will not touch its log again.
    await until(() => existsSync(files.log) && statSync(files.log).size > 0);
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(files.log, old, old);
    const limits = { ...NO_LIMITS, noProgressTimeoutMs: 60_000, trialTimeoutMs: 120_000 };
    const next = makeExecutor(tempDir(), ['true'], { limits });
    const outcome = next.reattach({ ...attempt, startedAtMs: old.getTime() }, hooks);
    await hooks.reported(1);
    // A few looks of the guard.
    await pass(500);
    writeFileSync(join(files.trialDir, 'go'), '');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 7 });
    await first;
  });

  it('that ended by itself while nobody watched broke no limit, however long it took', async () => {
    const { executor, attempt, hooks } = prepared(['/bin/sh', '-c', 'echo METRIC loss=1'], {});
    await executor.run(attempt, new Recorder());
    const limits = { trialTimeoutMs: 1, noProgressTimeoutMs: 1, maxLogBytes: 1 };
    const next = makeExecutor(tempDir(), ['true'], { limits });
    const outcome = await next.reattach({ ...attempt, startedAtMs: 0 }, hooks);
    expect(outcome).toEqual(expect.not.objectContaining({ brokeLimit: expect.anything() }));
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
  });
});
