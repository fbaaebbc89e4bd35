import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openStorage } from '../../src/storage/open.js';
import {
  hpo,
  linesOf,
  makeProject,
  makeSweep,
  readCsv,
  spawnHpo,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';
import { standIn } from '../support/gpus.js';

/** Every value of every trial, and how it ended. */
async function everything(cwd: string) {
  const storage = await openStorage(`sqlite:${join(cwd, 'storage/hpo.db')}`);
  try {
    const [study] = await storage.listStudies();
    const rows = await storage.rows(study?.id ?? -1, 0, 100);
    return await Promise.all(
      rows.map(async ({ number, state, values, epochs }) => {
        const metrics = await storage.metrics(study?.id ?? -1, number);
        return { number, state, values, epochs, metrics };
      }),
    );
  } finally {
    await storage.close();
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** A call that is killed when `enough` says so: alone, or with all trainers, as when the machine goes down. */
async function killed(cwd: string, how: 'orchestrator' | 'everything', enough: () => boolean): Promise<void> {
  const running = spawnHpo(['optimize'], { cwd });
  await until(() => enough() || running.child.exitCode !== null);
  running.kill('SIGKILL');
  await running.ended;
  if (how === 'orchestrator') return;
  // The oldest first: a supervisor that outlived its trainer would write how it ended.
  for (const pid of trainersIn(cwd).sort((a, b) => a - b)) end(pid);
  await until(() => trainersIn(cwd).length === 0);
}

const folders = (cwd: string, study: string) =>
  readdirSync(join(cwd, 'outputs', study)).filter((name) => name.endsWith('.checkpoint'));

afterEach(() => vi.unstubAllEnvs());

describe.runIf(process.platform === 'linux').each(['cpu', 'gpu'])(
  'a sweep on a %s whose trainers save checkpoints',
  (device) => {
    const saves = {
      trainer: 'saves.sh',
      objective: { metric: 'loss', direction: 'minimize', reduce: 'mean' },
      ...(device === 'gpu' && { devices: [0, 1] }),
    };

    beforeEach(() => {
      if (device === 'cpu') return;
      const smi = standIn([0, 1].map(() => ({ util: 5, used: 0, free: 8000 })));
      for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
    });

    test('has the result of an undisturbed one after any kills, and does no epoch again that was saved', async () => {
      const cwd = makeSweep({ ...saves, checkpoints: 'remove', retries: 10 });
      const epochs = () => linesOf(cwd, 'events').length;
      for (const [k, how] of (['everything', 'orchestrator', 'everything', 'everything'] as const).entries())
        await killed(cwd, how, () => epochs() > 3 * (k + 1));
      await hpo(cwd, 'optimize');
      const whole = makeSweep({ ...saves, checkpoints: 'remove' });
      await hpo(whole, 'optimize');
      const expected = await everything(whole);
      expect(expected.map(({ values }) => values)).toEqual([[13.5], [23.5], [33.5]]);
      expect(await everything(cwd)).toEqual(expected);
      expect((await trialsOf(cwd)).some(({ attempt }) => attempt > 1)).toBe(true);
      for (const trial of [0, 1, 2]) {
        const begun = linesOf(cwd, 'events').flatMap((line) => {
          const [number, epoch] = line.split(' ').map(Number);
          return number === trial ? [Number(epoch)] : [];
        });
        // Each epoch follows on the one before, or is the one that a kill cut short.
        const jumps = begun.slice(1).map((epoch, i) => epoch - (begun[i] ?? 0));
        expect(jumps.every((jump) => jump === 1 || jump === 0)).toBe(true);
        expect([begun[0], begun.at(-1)]).toEqual([1, 6]);
      }
      expect(folders(cwd, 's')).toEqual([]);
      const table = readCsv(join(cwd, 'cfg/runs.csv'));
      expect(table.map(({ objective, epochs: told }) => [objective, told])).toEqual([
        ['13.5', '6'],
        ['23.5', '6'],
        ['33.5', '6'],
      ]);
    });

    test('leaves them where they are with keep, and gives no folder without being asked', async () => {
      const kept = makeSweep({ ...saves, checkpoints: 'keep', parameters: { x: [1] } });
      await hpo(kept, 'optimize');
      expect(folders(kept, 's')).toEqual(['trial-00000.checkpoint']);
      expect(readFileSync(join(kept, 'outputs/s/trial-00000.checkpoint/epoch'), 'utf8')).toBe('6\n');
      const without = makeSweep({ parameters: { x: [1] } });
      await hpo(without, 'optimize');
      expect(folders(without, 's')).toEqual([]);
    });

    test('resumes after a SIGTERM, too', async () => {
      const cwd = makeSweep({ ...saves, checkpoints: 'remove', parameters: { x: [1] } });
      writeFiles(cwd, { hold: '' });
      const running = spawnHpo(['optimize'], { cwd });
      await until(() => linesOf(cwd, 'events').includes('0 4'));
      running.kill('SIGTERM');
      expect((await running.ended).code).toBe(143);
      expect((await trialsOf(cwd))[0]).toMatchObject({ state: 'QUEUED', epochs: 3 });
      rmSync(join(cwd, 'hold'));
      await hpo(cwd, 'optimize');
      expect(linesOf(cwd, 'events').map((line) => line.split(' ')[1])).toEqual([...'1234456']);
      expect((await everything(cwd))[0]).toMatchObject({ values: [13.5], epochs: 6 });
    });
  },
);

describe.runIf(process.platform === 'linux')('the built-in trainer in a sweep', () => {
  const project = () =>
    makeProject({
      'cfg/config.yaml':
        'data: {limit: 200}\nepochs: 16\nbatch_size: 8\ndevice: cpu\nmodel: {filters: [2, 3], dense: 4}\n',
      'cfg/sweep.yaml': JSON.stringify({
        study: 's',
        sampler: 'grid',
        devices: 'cpu',
        max_concurrent: 1,
        parameters: { 'learner.step_size': [0.003] },
      }),
    });

  test('resumes after its last epoch when everything was killed, to the same metrics bit for bit', async () => {
    const cwd = project();
    const log = join(cwd, 'outputs/s/trial-00000.log');
    const printed = (line: RegExp) => existsSync(log) && line.test(readFileSync(log, 'utf8'));
    await killed(cwd, 'everything', () => printed(/^METRIC epoch=2 /m));
    // Not before the second attempt has a log of its own: the first may have got further than it was seen to.
    const isSecond = () => existsSync(join(cwd, 'outputs/s/trial-00000.attempt-1.log'));
    await killed(cwd, 'everything', () => isSecond() && printed(/^METRIC epoch=([4-9]|1\d) /m));
    await hpo(cwd, 'optimize');
    const text = readFileSync(log, 'utf8');
    expect(text).toMatch(/^resuming after epoch \d+ of .*trial-00000\.checkpoint/m);
    expect(text).not.toMatch(/^METRIC epoch=[12] /m);
    expect((await trialsOf(cwd))[0]?.attempt).toBe(3);
    const whole = project();
    await hpo(whole, 'optimize');
    expect(await everything(cwd)).toEqual(await everything(whole));
    expect(folders(cwd, 's')).toEqual([]);
  });
});
