import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { discardLeft } from '../../../src/executors/discard-left.js';
import type { RunnableAttempt } from '../../../src/executors/executor.js';
import { attemptFolder } from '../../../src/executors/handle.js';
import { takeClaim } from '../../../src/executors/local/folder-claims.js';
import { describeWithReal } from '../../support/real-part.js';
import { slurm, startAgain, useSlurm } from '../../support/slurm.js';
import { makeAttempt, Recorder, tempDir, until } from '../local/harness.js';
import { makeSlurm } from './harness.js';

/** Prints a loss each tenth of a second from step 1 to 3, waits for the file `go`, and prints one more. */
const WAITS =
  'for e in 1 2 3; do echo METRIC epoch=$e loss=0.$e; sleep 0.1; done; until [ -e go ]; do sleep 0.1; done; echo METRIC epoch=4 loss=0.4';
const WHOLE_NODE = { cpus: 8 } as const;

const dirOf = ({ handle }: RunnableAttempt) => attemptFolder(handle) ?? '';
const fileOf = (attempt: RunnableAttempt, name: string) => {
  const file = join(dirOf(attempt), name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const jobsOf = ({ token }: RunnableAttempt) =>
  slurm('squeue', '--noheader', '--states=all', '--format=%i|%T|%j')
    .split('\n')
    .filter((line) => line.endsWith(token));

const idOf = (attempt: RunnableAttempt) => jobsOf(attempt)[0]?.split('|')[0] ?? '';

afterEach(() => vi.unstubAllEnvs());

/** Puts a program in front of one of SLURM's commands. `real`: the command itself. */
function inFrontOf(command: string, folder: string, script: (real: string) => string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, command), `#!/bin/bash\n${script(`/usr/bin/${command}`)}\n`);
  chmodSync(join(bin, command), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
}

describeWithReal('slurm', 'jobs of SLURM', () => {
  const cluster = useSlurm();

  it('gives a job its parameters, its GPU, modules and prologue, and says where it ran', async () => {
    const outputs = tempDir();
    writeFileSync(join(outputs, 'env.sh'), 'export FROM_PROLOGUE=yes\n');
    const executor = makeSlurm(
      outputs,
      'echo "$HPO_DEVICE|$FROM_PROLOGUE|$HPO_SEED|$MARK|$PWD"; echo METRIC loss=1; sleep 1',
      {
        setup: { env: { MARK: 'it\'s "$HOME"' } },
        options: { gpus: 1, prologue: 'source env.sh' },
      },
    );
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(fileOf(attempt, 'log').split('\n')[0]).toBe(`0|yes|42|it's "$HOME"|${outputs}`);
    expect(fileOf(attempt, 'host')).not.toBe('');
    expect(hooks.places).toEqual([{ host: fileOf(attempt, 'host').trim(), job: idOf(attempt) }]);
  });

  it('fails a trial whose prologue fails, before its trainer starts', async () => {
    const executor = makeSlurm(tempDir(), 'echo METRIC loss=1', { options: { modules: ['no-such-module'] } });
    const hooks = new Recorder();
    expect(await executor.run(makeAttempt(executor), hooks)).toMatchObject({ kind: 'exited', exitCode: 126 });
    expect(hooks.points).toEqual([]);
  });

  it('follows a job that another program submitted, and keeps one that still waits for its turn', async () => {
    const outputs = tempDir();
    const one = makeSlurm(outputs, WAITS, { options: WHOLE_NODE });
    const two = makeSlurm(outputs, WAITS, { options: WHOLE_NODE });
    // Both nodes are full with two of them.
    const last = makeAttempt(one, { trial: 2 });
    const attempts = [makeAttempt(one, { trial: 0 }), makeAttempt(one, { trial: 1 }), last];
    const left = attempts.map((attempt) => one.run(attempt, new Recorder()));
    await until(() => attempts.every((attempt) => jobsOf(attempt).length === 1));
    await until(() => jobsOf(last).some((line) => line.includes('PENDING')));
    expect(await two.isAlive(last)).toBe('alive');
    const pairs = attempts.map((attempt) => ({ attempt, seen: new Recorder() }));
    const followed = pairs.map(({ attempt, seen }) => two.reattach(attempt, seen));
    writeFileSync(join(outputs, 'go'), '');
    for (const outcome of await Promise.all([...followed, ...left]))
      expect(outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    for (const { seen } of pairs) expect(seen.points.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(attempts.map((attempt) => jobsOf(attempt).length)).toEqual([1, 1, 1]);
  });

  it.each([
    [
      'an error after the job was taken',
      (real: string) =>
        `${real} "$@"; echo 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1`,
    ],
    ['nothing at all', (real: string) => `${real} "$@" >/dev/null`],
  ])('runs one job where sbatch answers with %s', async (_, script) => {
    const outputs = tempDir();
    inFrontOf('sbatch', outputs, script);
    const executor = makeSlurm(outputs, 'echo METRIC loss=1');
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.warnings.join()).toContain('no clear answer');
    expect(jobsOf(attempt)).toHaveLength(1);
  });

  it('runs the trainer once where the job was submitted twice', async () => {
    const outputs = tempDir();
    inFrontOf('sbatch', outputs, (real) => `${real} "$@"; ${real} "$@" >/dev/null`);
    const executor = makeSlurm(outputs, 'echo started >>starts; sleep 1; echo METRIC loss=1');
    const attempt = makeAttempt(executor);
    expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'exited', exitCode: 0 });
    await until(() => jobsOf(attempt).filter((line) => line.includes('COMPLETED')).length === 2);
    expect(readFileSync(join(outputs, 'starts'), 'utf8')).toBe('started\n');
  });

  it('continues in the same attempt when SLURM starts a job again, and counts its steps from there', async () => {
    const outputs = tempDir();
    const executor = makeSlurm(
      outputs,
      'echo METRIC loss=1; until [ -e go ]; do sleep 0.1; done; echo METRIC loss=2',
    );
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    slurm('scontrol', 'requeue', idOf(attempt));
    await startAgain(idOf(attempt), () => fileOf(attempt, 'log').includes('begins again'));
    writeFileSync(join(outputs, 'go'), '');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map(({ step, value }) => [step, value])).toEqual([
      [1, 1],
      [1, 1],
      [2, 2],
    ]);
    expect(jobsOf(attempt)).toHaveLength(1);
  });

  it('loses no job while the controller is away, and warns of nothing', async () => {
    const outputs = tempDir();
    const executor = makeSlurm(outputs, WAITS);
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(3);
    await cluster.stopController();
    expect(await executor.isAlive(attempt)).toBe('unknown');
    await cluster.restartController();
    writeFileSync(join(outputs, 'go'), '');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points).toHaveLength(4);
    expect(hooks.warnings).toEqual([]);
  });

  it('ends the sweep with what SLURM says where the first job is refused, and writes no result', async () => {
    const executor = makeSlurm(tempDir(), 'true', { options: { partition: 'nowhere' } });
    await expect(executor.run(makeAttempt(executor), new Recorder())).rejects.toThrow(/nvalid partition/);
  });

  it('keeps the checkpoints of a trial that no sweep runs while its job is in the queue', async () => {
    const outputs = tempDir();
    const owner = { uid: 'a'.repeat(32), database: join(outputs, 'hpo.db') };
    writeFileSync(owner.database, '');
    const setup = { checkpoints: 'remove', studyDir: join(outputs, 's') } as const;
    takeClaim(setup.studyDir, 0, { ...owner, owner: 'somebody' });
    const executor = makeSlurm(outputs, 'true', { setup, options: { args: ['--hold'] } });
    const attempt = makeAttempt(executor);
    const outcome = executor.run(attempt, new Recorder());
    await until(() => jobsOf(attempt).some((line) => line.includes('PENDING')));
    const saved = join(setup.studyDir, 'trial-00007.checkpoint');
    expect(existsSync(saved)).toBe(true);
    expect(await discardLeft(attempt, owner)).toBe(false);
    slurm('scontrol', 'release', idOf(attempt));
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(await discardLeft(attempt, owner)).toBe(true);
    expect(existsSync(saved)).toBe(false);
  });

  it('passes the exit code of a trainer that somebody cancels on as its end', async () => {
    const executor = makeSlurm(tempDir(), 'echo METRIC epoch=1 loss=1; exec sleep 1000');
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    slurm('scancel', idOf(attempt));
    expect((await outcome).kind).toMatch(/^(exited|unknown)$/);
    expect(await executor.isAlive(attempt)).toBe('ended');
  });
});

describe('what is asked of SLURM', () => {
  it.each([['exclusive'], ['--job-name=mine'], ['-o'], ['--wrap=true']])(
    'refuses %j among the arguments, which hpo needs itself or cannot be an option',
    (arg) => {
      expect(() => makeSlurm(tempDir(), 'true', { options: { args: [arg] } })).toThrow(/executor.args/);
    },
  );
});
