import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunnableAttempt } from '../../../src/executors/executor.js';
import { attemptFolder } from '../../../src/executors/handle.js';
import { missing } from '../../../src/executors/ray/nodes.js';
import { makeAttempt, Recorder, tempDir, until } from '../local/harness.js';
import { makeRay, sending } from './harness.js';
import { ScriptedRay } from './scripted-ray.js';

const SOON = { visibleMs: 100, goneMs: 100, arrivalMs: 100 };
const file = ({ handle }: RunnableAttempt, name: string) => join(attemptFolder(handle) ?? '', name);

describe('a job that Ray gives up', () => {
  it('before it began has no result and uses no retry', async () => {
    const ray = await ScriptedRay.start();
    const message =
      'Job supervisor actor failed to start within 900.0 seconds. This timeout can be configured';
    ray.says = { status: 'FAILED', error_type: 'JOB_SUPERVISOR_ACTOR_START_TIMEOUT', message };
    const executor = makeRay(tempDir(), 'true', { options: { address: ray.address } });
    expect(await executor.run(makeAttempt(executor), new Recorder())).toEqual({
      kind: 'infrastructure',
      reason: `Ray ended its job: ${message}`,
    });
  });

  it('while it waits, since the head node was restarted, uses no retry', async () => {
    const ray = await ScriptedRay.start();
    const executor = makeRay(tempDir(), 'true', { options: { address: ray.address }, times: SOON });
    const attempt = makeAttempt(executor);
    const outcome = executor.run(attempt, new Recorder());
    await until(() => existsSync(file(attempt, 'job-id')));
    ray.says = null;
    expect(await outcome).toEqual({ kind: 'infrastructure', reason: 'Ray knows no job of it' });
  });

  it.each([
    [
      'its node is lost',
      { status: 'FAILED', error_type: 'JOB_SUPERVISOR_ACTOR_DIED', message: 'actor died' },
    ],
    ['the head node was restarted and does not know it', null],
  ])('while it runs, since %s, ends as an error of the infrastructure', async (_, later) => {
    const ray = await ScriptedRay.start();
    ray.says = { status: 'RUNNING', message: '', driver_node_id: 'n' };
    const executor = makeRay(tempDir(), 'true', { options: { address: ray.address }, times: SOON });
    const attempt = makeAttempt(executor);
    const outcome = executor.run(attempt, new Recorder());
    await until(() => existsSync(file(attempt, 'job-id')));
    writeFileSync(file(attempt, 'pid'), 'hpo-7\n');
    await until(async () => (await executor.isAlive(attempt)) === 'alive');
    ray.says = later;
    expect(await outcome).toMatchObject({ kind: 'unknown', infrastructureError: expect.any(String) });
    expect(ray.submitted).toBe(1);
  });

  it.each([
    [
      'its nodes do not see the folder of hpo',
      {
        error_type: 'JOB_ENTRYPOINT_COMMAND_ERROR',
        message: 'last logs:\nhpo: this node does not see /x/job.sh',
      },
      /executor.unseen-folder|nodes of Ray to see hpo's folder/,
    ],
    [
      'its runtime environment cannot be made',
      { error_type: 'RUNTIME_ENV_SETUP_FAILURE', message: 'runtime_env setup failed: no such package' },
      /no such package/,
    ],
  ])('ends the sweep where it is the first and %s', async (_, said, message) => {
    const ray = await ScriptedRay.start();
    ray.says = { status: 'FAILED', ...said };
    const executor = makeRay(tempDir(), 'true', { options: { address: ray.address } });
    await expect(executor.run(makeAttempt(executor), new Recorder())).rejects.toThrow(message);
  });
});

describe('what is asked of Ray', () => {
  const at = { address: 'http://127.0.0.1:1' };
  it.each([
    [{ ...at, resources: { tag: 'x' } }, /executor.resources.tag to be a number/],
    [{ ...at, runtime_env: { working_dir: '.' } }, /runtime_env to have no working_dir/],
    [{ ...at, runtime_env: { pip: 'requirements.txt' } }, /pip with what is in the file/],
    [{ address: 'ray://head:10001' }, /URL of Ray's dashboard/],
  ])('is refused where it cannot be right (%#)', (options, message) => {
    expect(() => makeRay(tempDir(), 'true', { options })).toThrow(message);
  });

  it.each([
    'ray://user:secret@head:10001',
    'user:secret@head:8265',
    'ray://u:se/secret@head',
    'ray://head/?key=secret',
  ])('is refused without showing a password (%#)', (address) => {
    const made = () => makeRay(tempDir(), 'true', { options: { address } });
    expect(made).toThrow(/URL of Ray's dashboard.*head/);
    expect(made).not.toThrow(/secret/);
  });

  it('is refused where a trial has more parameters than can be sent', async () => {
    const ray = await ScriptedRay.start();
    const outputs = tempDir();
    const executor = makeRay(outputs, 'true', { options: { ...sending(outputs), address: ray.address } });
    const attempt = makeAttempt(executor, { params: { text: 'x'.repeat(100_000) } });
    await expect(executor.run(attempt, new Recorder())).rejects.toMatchObject({
      code: 'executor.job-too-long',
    });
    expect(ray.submitted).toBe(0);
  });

  it('is refused where no cluster listens, before anything is submitted', async () => {
    const executor = makeRay(tempDir(), 'true', { options: at });
    await expect(executor.run(makeAttempt(executor), new Recorder())).rejects.toMatchObject({
      code: 'executor.unreachable',
    });
  });

  it('is refused with a folder that does not exist', async () => {
    const ray = await ScriptedRay.start();
    const outputs = tempDir();
    mkdirSync(join(outputs, 'x'));
    const executor = makeRay(outputs, 'true', { options: { address: ray.address, working_dir: 'nowhere' } });
    await expect(executor.run(makeAttempt(executor), new Recorder())).rejects.toThrow(/working_dir/);
  });

  it('can be too much for each node, also where the cluster has it in all', () => {
    const nodes: readonly Readonly<Record<string, number>>[] = [{ CPU: 4 }, { CPU: 1, GPU: 2 }];
    expect(missing(nodes, { CPU: 1, GPU: 1 })).toBe('');
    expect(missing(nodes, { CPU: 5 })).toBe('no node of the cluster has CPU 5 (the most is 4)');
    expect(missing(nodes, { CPU: 2, GPU: 1 })).toContain('all that a trial asks for together');
  });
});
