import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { OptionValues } from '../../../src/core/component-options.js';
import type { Executor, RunnableAttempt } from '../../../src/executors/executor.js';
import { attemptFolder } from '../../../src/executors/handle.js';
import { describeWithReal } from '../../support/real-part.js';
import { slurm, startAgain, useSlurm } from '../../support/slurm.js';
import { makeAttempt, Recorder, tempDir } from '../local/harness.js';
import { makeSlurm } from './harness.js';

const WAITS =
  'echo METRIC epoch=1 loss=0.1; until [ -e go ]; do sleep 0.1; done; echo METRIC epoch=2 loss=$HPO_TRIAL';
/** The cluster takes no longer arrays. */
const MOST = 4;

const dirOf = ({ handle }: RunnableAttempt) => attemptFolder(handle) ?? '';
const idOf = (attempt: RunnableAttempt) => readFileSync(join(dirOf(attempt), 'job-id'), 'utf8').trim();
const arrayOf = (attempt: RunnableAttempt) => idOf(attempt).split('_')[0];
const arraysIn = (outputs: string) => readdirSync(join(outputs, 'test', '.arrays'));

/** Starts so many attempts at once, of a sampler that does not wait for results. */
function start(executor: Executor, count: number) {
  const attempts = Array.from({ length: count }, (_, trial) => makeAttempt(executor, { trial }));
  return attempts.map((attempt) => {
    const hooks = new Recorder();
    return { attempt, hooks, outcome: executor.run(attempt, hooks) };
  });
}

/** Puts a program in front of sbatch. */
function inFrontOfSbatch(folder: string, script: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'sbatch'), `#!/bin/bash\n${script}\n`);
  chmodSync(join(bin, 'sbatch'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
}

afterEach(() => vi.unstubAllEnvs());

describeWithReal('slurm', 'arrays of SLURM', () => {
  useSlurm([`MaxArraySize=${MOST}`]);
  const make = (outputs: string, program: string, options: OptionValues = {}) =>
    makeSlurm(outputs, program, { setup: { readsResults: false }, options });

  it('have the attempts that start together; one is ended alone, and another program follows the rest', async () => {
    const outputs = tempDir();
    const started = start(make(outputs, WAITS), 3);
    await Promise.all(started.map(({ hooks }) => hooks.reported(1)));
    expect(new Set(started.map(({ attempt }) => arrayOf(attempt))).size).toBe(1);
    const [first, ...others] = started as [(typeof started)[0], ...typeof started];
    const later = make(outputs, WAITS);
    for (const { attempt } of started) expect(await later.isAlive(attempt)).toBe('alive');
    const followed = others.map(({ attempt }) => later.reattach(attempt, new Recorder()));
    expect(await later.cancel(first.attempt, 'stopped')).toEqual({ kind: 'ended' });
    for (const { attempt } of others) expect(await later.isAlive(attempt)).toBe('alive');
    writeFileSync(join(outputs, 'go'), '');
    await first.outcome;
    for (const outcome of await Promise.all([...followed, ...others.map(({ outcome }) => outcome)]))
      expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(others.map(({ hooks }) => hooks.points.at(-1)?.value)).toEqual([1, 2]);
  });

  it('are as long as the cluster allows, and one job alone is none', async () => {
    const outputs = tempDir();
    const started = start(make(outputs, 'echo METRIC loss=1'), 2 * MOST - 2);
    for (const { outcome } of started) expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(new Set(started.map(({ attempt }) => arrayOf(attempt))).size).toBe(2);
    const [alone] = start(make(outputs, 'echo METRIC loss=1'), 1);
    expect(await alone?.outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(existsSync(join(dirOf(alone?.attempt as RunnableAttempt), 'array'))).toBe(false);
  });

  it('are used neither where proposals depend on results nor with arrays: false', async () => {
    const outputs = tempDir();
    for (const executor of [
      makeSlurm(outputs, 'echo METRIC loss=1'),
      make(outputs, 'echo METRIC loss=1', { arrays: false }),
    ]) {
      const started = start(executor, 2);
      for (const { outcome } of started) expect(await outcome).toMatchObject({ exitCode: 0 });
      expect(new Set(started.map(({ attempt }) => arrayOf(attempt))).size).toBe(2);
    }
    expect(() => arraysIn(outputs)).toThrow(/ENOENT/);
  });

  it('run once where the answer to the submission is lost', async () => {
    const outputs = tempDir();
    inFrontOfSbatch(outputs, '/usr/bin/sbatch "$@" >/dev/null');
    const started = start(make(outputs, 'echo METRIC loss=1'), 3);
    for (const { outcome, hooks } of started) {
      expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
      expect(hooks.warnings.join()).toContain('no clear answer');
    }
    expect(arraysIn(outputs)).toHaveLength(1);
    expect(slurm('squeue', '--noheader', '--states=all', '--array', '--format=%j')).toContain(
      arraysIn(outputs)[0],
    );
  });

  it('shrink to what a limit of the user leaves, and the rest waits without blame', async () => {
    const outputs = tempDir();
    // What SLURM says where an account may have two jobs.
    inFrontOfSbatch(
      outputs,
      `case "$*" in
*--array=0-1\\ *) [ -e ${outputs}/full ] || { touch ${outputs}/full; exec /usr/bin/sbatch "$@"; };;
esac
echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2
echo "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)" >&2
exit 1`,
    );
    const started = start(make(outputs, 'echo METRIC loss=1'), MOST);
    const outcomes = await Promise.all(started.map(({ outcome }) => outcome));
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'exited',
      'exited',
      'infrastructure',
      'infrastructure',
    ]);
    expect(outcomes[3]).toMatchObject({
      reason: expect.stringContaining('Job violates accounting/QOS policy'),
    });
  });

  it('continue a task in its attempt that SLURM starts again', async () => {
    const outputs = tempDir();
    const started = start(make(outputs, WAITS), 2);
    await Promise.all(started.map(({ hooks }) => hooks.reported(1)));
    const [, second] = started as [(typeof started)[0], (typeof started)[0]];
    const id = idOf(second.attempt);
    slurm('scontrol', 'requeue', id);
    await startAgain(id, () => second.hooks.points.length >= 2);
    writeFileSync(join(outputs, 'go'), '');
    for (const { outcome } of started) expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(second.hooks.points.map(({ value }) => value)).toEqual([0.1, 0.1, 1]);
  });
});
