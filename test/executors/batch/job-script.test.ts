import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobScript } from '../../../src/executors/batch/job-script.js';
import { describeWithReal } from '../../support/real-part.js';
import { tempDir, until } from '../local/harness.js';

/** Runs a job's script as a queue does: in a session of its own, whose processes all get what is sent to the job. */
function startJob(program: string) {
  const dir = join(tempDir(), 'attempt');
  mkdirSync(dir);
  const script = join(dir, 'job.sh');
  const command = ['bash', '-c', program];
  writeFileSync(script, jobScript({ token: 't', dir, cwd: dir, command, env: {}, jobId: '7' }));
  const child = spawn('bash', [script], { detached: true, stdio: 'ignore' });
  const has = (name: string) => existsSync(join(dir, name));
  const read = (name: string) => (has(name) ? readFileSync(join(dir, name), 'utf8') : '');
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const send = (signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal);
  /** A warning goes to the script alone. */
  const warn = () => process.kill(child.pid as number, 'SIGUSR2');
  const write = (name: string) => writeFileSync(join(dir, name), '');
  return { read, has, write, send, warn, ended, begun: () => until(() => read('log').includes('begun')) };
}

describeWithReal('bash', 'the script of a job', () => {
  it('keeps the exit code of a trainer that ends by the same signal as its job', async () => {
    // A shell that only waits loses about every second of these.
    const jobs = Array.from({ length: 12 }, () => startJob('echo begun; exec sleep 1000'));
    await Promise.all(jobs.map(({ begun }) => begun()));
    for (const job of jobs) job.send('SIGTERM');
    expect(await Promise.all(jobs.map(({ ended }) => ended))).toEqual(jobs.map(() => 143));
    expect(jobs.map(({ read }) => read('exit'))).toEqual(jobs.map(() => '143\n'));
    for (const { has } of jobs) expect(has('ended')).toBe(true);
  });

  it('notes that its queue ended it also where the trainer gets the signal before the script', async () => {
    const job = startJob('echo begun; exec sleep 1000');
    await job.begun();
    process.kill(Number(job.read('child')), 'SIGTERM');
    await until(() => job.read('code') !== '');
    job.send('SIGTERM');
    await job.ended;
    expect(job.has('ended')).toBe(true);
    expect(job.read('exit')).toBe('143\n');
  });

  it.each([
    ['exit 3', '3\n'],
    ['no-such-program-of-hpo', '127\n'],
    ['kill -KILL $$', '137\n'],
  ])('has the exit code of a trainer: %s', async (program, code) => {
    const job = startJob(program);
    await job.ended;
    expect(job.read('exit')).toBe(code);
  });

  it('lets a trainer end in its own time after a TERM that it handles', async () => {
    const job = startJob(
      'trap "echo saving; sleep 0.3; echo saved; exit 5" TERM; echo begun; while :; do sleep 0.05; done',
    );
    await job.begun();
    job.send('SIGTERM');
    await job.ended;
    expect(job.read('log')).toContain('saved');
    expect(job.read('exit')).toBe('5\n');
  });

  it('warns a trainer that handles USR2, and continues', async () => {
    const job = startJob('trap "echo warned; exit 4" USR2; echo begun; while :; do sleep 0.05; done');
    await job.begun();
    job.warn();
    await job.ended;
    expect(job.read('exit')).toBe('4\n');
  });

  it('does not warn a trainer that would die of USR2', async () => {
    const job = startJob('echo begun; until [ -e go ]; do sleep 0.05; done');
    await job.begun();
    job.warn();
    job.write('go');
    await job.ended;
    expect(job.read('exit')).toBe('0\n');
  });
});
