import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import {
  hpo,
  makeSweep,
  runHpo,
  spawnHpo,
  sweepFile,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';
import { freeze } from '../support/freezer.js';
import { standIn } from '../support/gpus.js';
import { describeWithReal } from '../support/real-part.js';

afterEach(() => vi.unstubAllEnvs());

describeWithReal('freezer', 'hpo with a trainer that the kernel cannot end', () => {
  test('ends when it is asked to, fails the trial for good, and nobody gets its GPU while the trainer lives', async () => {
    const smi = standIn([0, 1].map(() => ({ util: 5, used: 0, free: 8000 })));
    for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
    const gpus = { devices: [0, 1], max_concurrent: null };
    const command = ['sh', '-c', 'echo METRIC loss=1; exec sleep 1000'];
    const cwd = makeSweep({ ...gpus, trainer: { command }, parameters: { x: [1] } });
    const running = spawnHpo(['optimize'], { cwd });
    // Its supervisor and the trainer.
    await until(() => trainersIn(cwd).length === 2);
    await running.says(/loss/);
    const trainer = Math.max(...trainersIn(cwd));
    freeze(trainer);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expect(trainersIn(cwd)).toContain(trainer);
    const reason = `cannot be ended: process ${trainer} is stuck in the kernel`;
    const failed = [{ state: 'FAIL', attempt: 1, device: '0', reason }];
    expect(await trialsOf(cwd)).toMatchObject(failed);
    await runHpo(['optimize'], { cwd });
    expect(await trialsOf(cwd)).toMatchObject(failed);
    expect(readdirSync(join(cwd, 'leases')).length).toBeGreaterThan(0);
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...gpus, study: 'other' }) });
    await hpo(cwd, 'optimize');
    const others = await trialsOf(cwd, '--study', 'other');
    expect(others.map(({ state, device }) => `${state} ${device}`)).toEqual(Array(3).fill('COMPLETE 1'));
  });
});
