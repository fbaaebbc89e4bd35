import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attemptFolder } from '../../../src/executors/handle.js';
import { ray as module } from '../../../src/executors/ray/module.js';
import { makeAttempt, Recorder, tempDir, until } from '../local/harness.js';
import { makeRay, sending } from './harness.js';
import { ScriptedRay } from './scripted-ray.js';

/** A job that has ended, which this host has not submitted: there is no folder of its attempt. */
async function makeForeign() {
  const ray = await ScriptedRay.start();
  ray.says = { status: 'SUCCEEDED', message: '', driver_node_id: 'n', driver_exit_code: 0 };
  const outputs = tempDir();
  const executor = makeRay(outputs, 'true', { options: { ...sending(outputs), address: ray.address } });
  const attempt = makeAttempt(executor);
  const { token } = attempt;
  ray.log = `\nhpo: attempt ${token} begins on node-3\nMETRIC loss=0.5\n\nhpo: attempt ${token} ends with 0\n`;
  return { ray, executor, attempt, dir: attemptFolder(attempt.handle) ?? '', hooks: new Recorder() };
}

describe('a job that another host submitted, without a shared folder', () => {
  it('keeps its result, and is found by programs that have no sweep file', async () => {
    const { ray, executor, attempt, dir, hooks } = await makeForeign();
    ray.says = { ...ray.says, status: 'RUNNING', driver_exit_code: null };
    const whole = ray.log;
    ray.log = whole.slice(0, whole.indexOf('\nhpo: attempt', 1));
    const outcome = executor.reattach(attempt, hooks);
    await hooks.reported(1);
    expect(await module.control.isAlive(attempt)).toBe('alive');
    ray.log = whole;
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('METRIC loss=0.5\n');
    expect(hooks.points).toMatchObject([{ name: 'loss', value: 0.5 }]);
    expect(hooks.warnings).toEqual([]);
    expect(ray.submitted).toBe(0);
  });

  it('waits for a folder that cannot be written, says so once, and keeps its result', async () => {
    const { executor, attempt, dir, hooks } = await makeForeign();
    mkdirSync(join(dir, 'host'), { recursive: true });
    const outcome = executor.reattach(attempt, hooks);
    await until(() => hooks.warnings.length > 0);
    expect(hooks.warnings).toEqual([expect.stringMatching(/cannot be written here \(EISDIR/)]);
    rmSync(join(dir, 'host'), { recursive: true });
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.warnings).toHaveLength(1);
    expect(existsSync(join(dir, 'pid'))).toBe(true);
  });

  it('is followed on where its exit code could not be read or written for a moment', async () => {
    const { executor, attempt, dir, hooks } = await makeForeign();
    mkdirSync(join(dir, 'exit'), { recursive: true });
    const outcome = executor.reattach(attempt, hooks);
    await until(() => hooks.warnings.length > 0);
    rmSync(join(dir, 'exit'), { recursive: true });
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
  });
});
