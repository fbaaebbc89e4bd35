import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, makeSweep, runHpo } from '../support/cli.js';
import { askOptuna } from '../support/optuna.js';
import { describeWithReal, REAL } from '../support/real-part.js';

/** A file that Optuna made in Tokyo, read there and elsewhere. */
const readsTimes = async (by: Readonly<Record<string, string>>) => {
  const cwd = makeProject({ 'storage/.keep': '' });
  const tokyo = { TZ: 'Asia/Tokyo' };
  const before = Date.now();
  const version = await askOptuna<string>('one_trial.py', join(cwd, 'storage/times.db'), [], {
    ...tokyo,
    ...by,
  });
  const after = Date.now();
  const started = async (env: Record<string, string>) => {
    const args = ['trials', '--json', '--storage', 'sqlite:storage/times.db'];
    const { stdout } = await runHpo(args, { cwd, env });
    return (JSON.parse(stdout) as [{ startedAtMs: number }])[0].startedAtMs;
  };
  const inTime = (ms: number) => ms >= before && ms <= after;
  // Before 5.0 it is the local time of who wrote, and since then UTC.
  const elsewhere = Number.parseInt(version, 10) >= 5 ? 0 : 9 * 3600 * 1000;
  expect(inTime(await started(tokyo))).toBe(true);
  expect(inTime((await started({ TZ: 'UTC' })) - elsewhere)).toBe(true);
};
/** Of workers in Tokyo on a file that hpo made; read far from there. */
const readsWorkers = async (by: Readonly<Record<string, string>>) => {
  const parameters = { lr: { min: 1e-5, max: 1, log: true }, opt: ['sgd', 'adam', null] };
  const cwd = makeSweep({ sampler: 'random', parameters });
  await hpo(cwd, 'study', 'create');
  const before = Date.now();
  // The first one asks for a trial of its own and leaves one waiting, which the second one takes.
  for (const number of [0, 1])
    expect(
      await askOptuna('take_waiting.py', join(cwd, 'storage/hpo.db'), ['s'], { TZ: 'Asia/Tokyo', ...by }),
    ).toMatchObject({ number });
  const after = Date.now();
  const { stdout } = await runHpo(['trials', '--json'], { cwd, env: { TZ: 'America/New_York' } });
  const times = JSON.parse(stdout) as { startedAtMs: number; finishedAtMs: number }[];
  for (const { startedAtMs, finishedAtMs } of times.slice(0, 2)) {
    expect([startedAtMs >= before, startedAtMs <= finishedAtMs, finishedAtMs <= after]).toEqual([
      true,
      true,
      true,
    ]);
  }
};
describeWithReal('optuna', 'times that Optuna wrote', () => {
  test('are read by the clock of the Optuna that made the file', () => readsTimes({}));
  test('are those at which its workers ran, in a file that hpo made', () => readsWorkers({}));
});

describeWithReal('newest-optuna', 'times that the newest Optuna wrote', () => {
  const newest = { HPO_OPTUNA_PYTHON: REAL.newestOptuna };
  test('are read by the clock of the Optuna that made the file', () => readsTimes(newest));
  test('are those at which its workers ran, in a file that hpo made', () => readsWorkers(newest));
});
