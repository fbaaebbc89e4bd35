import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureTensorboard } from '../../../src/loggers/tensorboard/configure.js';
import { until } from '../../support/cli.js';
import { describeOnSmallDisk, fill } from '../../support/tmpfs.js';
import { makeStage, studyInfo } from '../stage.js';
import { finished, reported, started } from '../support.js';
import { points, study } from './study.js';

test('values are there while the trial runs, its parameters at its start, its status at its end', async () => {
  const { begin, run, files } = study();
  const logger = await begin();
  logger.on(started(0, { params: { lr: 0.1, opt: 'adam', nesterov: true, warmup: false, depth: null } }));
  logger.on(reported(0, ['loss', 1, 0.5]));
  await until(() => run(0)?.scalars.loss !== undefined);
  const params = { lr: 0.1, opt: 'adam', nesterov: true, warmup: false, depth: 'null' };
  expect(run(0)).toEqual({ scalars: { loss: [[1, 0.5]] }, params, group: '', status: 0 });
  logger.on(reported(0, ['loss', 2, 0.25]));
  logger.on(finished(0, { values: [0.25] }));
  expect(run(0)?.scalars).toEqual({
    loss: [
      [1, 0.5],
      [2, 0.25],
    ],
    'objective/loss': [[2, 0.25]],
  });
  expect([run(0)?.status, files(0).length]).toEqual([1, 1]);
  await logger.close(1000);
});

test('a trial that fails has its status, a pruned one has not failed; one that waits has no end', async () => {
  const { begin, run } = study();
  const logger = await begin();
  for (const trial of [0, 1, 2, 3]) logger.on(started(trial));
  logger.on(finished(0, { state: 'fail', values: null }));
  logger.on(finished(1, { state: 'pruned' }));
  logger.on({ type: 'trial-paused', trial: 2, step: 1, reason: 'r', durationMs: 1 });
  logger.on({ type: 'trial-requeued', trial: 3, reason: 'r' });
  expect([0, 1, 2, 3].map((trial) => run(trial)?.status)).toEqual([2, 1, 0, 0]);
  await logger.close(1000);
});

test('a paused trial that nobody continues has its end once that is known', async () => {
  const { begin, run, files, trials } = study();
  const logger = await begin();
  logger.on(started(0));
  logger.on(reported(0, ['loss', 1, 3]));
  logger.on({ type: 'trial-paused', trial: 0, step: 1, reason: 'r', durationMs: 1 });
  trials[0] = { state: 'pruned', values: [3], points: points(['loss', 1, 3]) };
  logger.on(finished(0, { state: 'pruned', values: [3] }));
  await logger.close(1000);
  expect(run(0)).toMatchObject({ scalars: { loss: [[1, 3]], 'objective/loss': [[1, 3]] }, status: 1 });
  expect(files(0)).toHaveLength(1);
});

test('the repeats of a configuration are one row of the table', async () => {
  const { begin, run, folder } = study({ spec: { ...studyInfo.spec, repeats: 2 } });
  const logger = await begin();
  logger.on(started(3, { configuration: 1, repeat: 1 }));
  expect(readdirSync(folder)).toEqual(['study']);
  await logger.close(1000);
  expect(run(3)?.group).toBe('study/configuration-1');
});

test('a late value, and one that was reported again, are in order once the trial has ended', async () => {
  const { begin, run, files, trials } = study();
  const logger = await begin();
  logger.on(started(0));
  logger.on(reported(0, ['loss', 2, 2], ['loss', 1, 1], ['loss', 3, 4], ['loss', 3, 3]));
  trials[0] = { points: points(['loss', null, 9], ['loss', 3, 3], ['loss', 1, 1], ['loss', 2, 2]) };
  logger.on(finished(0));
  await logger.close(1000);
  expect(run(0)?.scalars.loss?.map(([step]) => step)).toEqual([1, 2, 3, 4]);
  expect([run(0)?.scalars.loss, run(0)?.status]).toEqual([[1, 2, 3, 9].map((v, k) => [k + 1, v]), 1]);
  expect(files(0)).toHaveLength(1);
});

test('a retry that resumes: its file replaces the earlier one and begins with what was left', async () => {
  const { begin, run, files, trials } = study();
  const logger = await begin();
  logger.on(started(0));
  logger.on(reported(0, ['loss', 1, 4], ['loss', 2, 3], ['loss', 3, 9]));
  logger.on({ type: 'trial-requeued', trial: 0, reason: 'r' });
  const [first] = files(0);
  trials[0] = {
    attempt: 2,
    state: 'running',
    points: points(['loss', 1, 4], ['loss', 2, 3], ['loss', 3, 9]),
  };
  logger.on(started(0, { attempt: 2 }));
  logger.on(reported(0, ['loss', 3, 2], ['loss', 4, 1]));
  logger.on(finished(0));
  await logger.close(1000);
  expect(run(0)?.scalars.loss).toEqual([4, 3, 2, 1].map((value, k) => [k + 1, value]));
  expect(files(0)).toHaveLength(1);
  expect(files(0)).not.toContain(first);
});

test('a reattached attempt has each value once, where a kill left a part of a record', async () => {
  const { begin, run, files, folder } = study();
  const first = await begin();
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  await first.flush();
  const [left] = files(0);
  const file = join(folder, 'study/trial-00000', String(left));
  truncateSync(file, statSync(file).size - 3);
  expect(run(0)?.scalars.loss).toEqual([[1, 3]]);
  const second = await begin();
  second.on(started(0, { reattached: true }));
  second.on(reported(0, ['loss', 1, 3], ['loss', 2, 2], ['loss', 3, 1]));
  second.on(finished(0));
  await second.close(1000);
  expect(run(0)?.scalars.loss).toEqual([3, 2, 1].map((value, k) => [k + 1, value]));
  expect(files(0)).toHaveLength(1);
});

test('what ended while nobody wrote it comes from the database, and so do trials without a folder', async () => {
  const { begin, run, files, folder, trials } = study();
  const first = await begin();
  for (const trial of [0, 1]) first.on(started(trial));
  first.on(finished(1));
  await first.flush();
  const complete = files(1);
  for (const trial of [0, 1, 2])
    trials[trial] = { values: [0.5], points: points(['loss', 1, 1], ['loss', 2, 0.5]), params: { x: trial } };
  trials[3] = { state: 'running', finishedAtMs: null };
  // What a trainer writes into the folder of its trial is no event file of hpo.
  mkdirSync(join(folder, 'study/trial-00002'));
  const second = await begin();
  await second.close(5000);
  for (const trial of [0, 2]) {
    expect(run(trial)?.scalars).toEqual({
      loss: [
        [1, 1],
        [2, 0.5],
      ],
      'objective/loss': [[2, 0.5]],
    });
    expect([run(trial)?.params, run(trial)?.status, files(trial).length]).toEqual([{ x: trial }, 1, 1]);
  }
  // It was complete, so nobody wrote it again; nobody has begun the other one.
  expect(files(1)).toEqual(complete);
  expect(readdirSync(join(folder, 'study'))).toHaveLength(4);
  expect(readdirSync(join(folder, 'study/.hpo'))).toEqual(['study']);
});

test('of writers that complete one trial at a time, one file stays', async () => {
  const { begin, run, files, trials } = study();
  const dead = await begin();
  dead.on(started(0));
  trials[0] = { points: points(['loss', 1, 1]) };
  const others = await Promise.all([begin(), begin(), begin()]);
  await Promise.all(others.map((logger) => logger.close(5000)));
  expect([run(0)?.scalars.loss, files(0).length]).toEqual([[[1, 1]], 1]);
});

test('a trial that another process took over is left to its file, without a warning', async () => {
  const { begin, run, files, trials, reports } = study();
  const [first, second] = [await begin(), await begin()];
  trials[0] = { state: 'running', finishedAtMs: null };
  first.on(started(0));
  first.on(reported(0, ['loss', 1, 3]));
  await first.flush();
  second.on(started(0, { reattached: true }));
  second.on(reported(0, ['loss', 1, 3], ['loss', 2, 2]));
  await second.flush();
  const [file] = files(0);
  first.on(reported(0, ['loss', 2, 7]));
  await first.flush();
  first.on({ type: 'trial-taken-over', trial: 0 });
  trials[0] = { points: points(['loss', 1, 3], ['loss', 2, 2]) };
  second.on(finished(0));
  await first.close(1000);
  await second.close(1000);
  expect(run(0)?.scalars.loss).toEqual([
    [1, 3],
    [2, 2],
  ]);
  expect([files(0), reports]).toEqual([[file], []]);
});

test('another study of the same name has another folder, and files of others stay', async () => {
  const { begin, folder, files } = study();
  const first = await begin();
  first.on(started(0));
  writeFileSync(join(folder, 'study/trial-00000/events.out.tfevents.1.theirs'), 'theirs');
  first.on(finished(0));
  await first.close(1000);
  const second = await begin({ seed: 8 });
  second.on(started(0));
  second.on(finished(0));
  await second.close(1000);
  expect(readdirSync(folder)).toEqual(['study', expect.stringMatching(/^study-[0-9a-f]{8}$/)]);
  expect(files(0)).toHaveLength(2);
  await (await begin({ seed: 8 })).close(1000);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('the folder of outputs is refused: trials have their own folders there', () => {
  const { settings } = makeStage();
  expect(configureTensorboard({ ...settings, tensorboardDir: null })).toBeNull();
  expect(() => configureTensorboard({ ...settings, tensorboardDir: './outputs/' })).toThrow(
    expect.objectContaining({ code: 'tensorboard.in-outputs' }),
  );
});

test('a folder that somebody deletes during the trial is there again at its end', async () => {
  const { begin, run, folder, trials, reports } = study();
  const logger = await begin();
  logger.on(started(0));
  rmSync(folder, { recursive: true });
  logger.on(reported(0, ['loss', 1, 3]));
  await logger.flush();
  trials[0] = { points: points(['loss', 1, 3]) };
  logger.on(finished(0));
  await logger.close(1000);
  expect([run(0)?.scalars.loss, run(0)?.status, reports]).toEqual([[[1, 3]], 1, []]);
});

describeOnSmallDisk('a full disk', () => {
  test('is reported once, and what it cost is written by the next call', async () => {
    const { begin, run, files, folder, trials, reports } = study({}, 2);
    const first = await begin();
    for (const trial of [0, 1]) first.on(started(trial));
    const ballast = fill(folder);
    const many = Array.from({ length: 2000 }, (_, k) => ['loss', k, k] as const);
    for (const trial of [0, 1]) {
      first.on(reported(trial, ...many));
      trials[trial] = { points: points(...many) };
      first.on(finished(trial));
    }
    await first.close(1000);
    await expect(first.flush()).rejects.toThrow('incomplete');
    expect(reports).toEqual([expect.stringMatching(/are incomplete: ENOSPC.*the next hpo optimize/)]);
    rmSync(ballast);
    await (await begin()).close(5000);
    for (const trial of [0, 1])
      expect([run(trial)?.scalars.loss?.length, files(trial).length]).toEqual([2000, 1]);
  });
});
