import { expect, test } from 'vitest';
import { makeSweep, runHpo, spawnHpo, trainersIn, trialsOf, until } from '../support/cli.js';
import { freeze } from '../support/freezer.js';
import { describeWithReal } from '../support/real-part.js';

describeWithReal('freezer', 'hpo with a trainer that the kernel cannot end', () => {
  test('ends when it is told to, fails the trial, and does not start it a second time', async () => {
    const command = ['sh', '-c', 'echo METRIC loss=1; exec sleep 1000'];
    const cwd = makeSweep({ trainer: { command }, parameters: { x: [1] } });
    const running = spawnHpo(['optimize'], { cwd });
    await until(() => trainersIn(cwd).length >= 2);
    await until(() => running.stdout.includes('loss') || trainersIn(cwd).length === 2);
    const trainer = Math.max(...trainersIn(cwd));
    freeze(trainer);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(trainersIn(cwd)).toContain(trainer);
    const reason = `cannot be ended: process ${trainer} is stuck in the kernel`;
    expect(await trialsOf(cwd)).toMatchObject([{ state: 'FAIL', attempt: 1, reason }]);
    await runHpo(['optimize'], { cwd });
    expect(await trialsOf(cwd)).toMatchObject([{ state: 'FAIL', attempt: 1, reason }]);
  });
});
