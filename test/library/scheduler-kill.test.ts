import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { loadStudy } from '../../src/index.js';
import { until } from '../support/until.js';
import { sqliteUrl } from './support.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/resumes.mjs', import.meta.url));

/** Runs the program, and returns the signal that ended it. */
async function run(
  storage: string,
  killAt: number,
  how: 'optimize' | 'ask' = 'optimize',
): Promise<NodeJS.Signals | null> {
  const log = `${storage.slice('sqlite:'.length)}.log`;
  const given = [PROGRAM, LIBRARY, storage, String(killAt), log, how];
  const child = spawn(process.execPath, given, { stdio: 'inherit' });
  await until(() => child.exitCode !== null || child.signalCode !== null, { what: 'the program ends' });
  return child.signalCode;
}

async function found(storage: string) {
  const study = await loadStudy({ name: 'study', storage });
  const trials = (await study.trials()).map(({ number, state, params, values, metrics }) => ({
    ...{ number, state, params, values, metrics },
  }));
  await study.close();
  return trials;
}

const trainedIn = (storage: string) => {
  const lines = readFileSync(`${storage.slice('sqlite:'.length)}.log`, 'utf8')
    .trim()
    .split('\n');
  return { all: lines, each: [...new Set(lines)] };
};

test('a program that is killed at reports, checkpoints and pauses resumes exactly, from its checkpoints', async () => {
  const [whole, killed] = [sqliteUrl(), sqliteUrl()];
  expect(await run(whole, 0)).toBeNull();
  // 1: trial 0 has saved its only step, and is paused then; 1.5: before that of trial 1 is saved; 4 and 4.5: later ones.
  for (const at of [1, 1.5, 2, 4, 4.5]) expect(await run(killed, at)).toBe('SIGKILL');
  expect(await run(killed, 0)).toBeNull();
  expect(await found(killed)).toEqual(await found(whole));
  const [expected, trained] = [trainedIn(whole), trainedIn(killed)];
  expect(trained.each.toSorted()).toEqual(expected.all.toSorted());
  // A step that was not saved when the program was killed is trained again, and no other.
  expect(trained.all.length - trained.each.length).toBe(2);
  // The checkpoints end with their trials.
  expect(existsSync(`${killed.slice('sqlite:'.length)}-checkpoints`)).toBe(false);
});

test('a program that asks and tells, and is killed, is handed out its trials again with what they saved', async () => {
  const [whole, killed] = [sqliteUrl(), sqliteUrl()];
  expect(await run(whole, 0, 'ask')).toBeNull();
  for (const at of [1.5, 4]) expect(await run(killed, at, 'ask')).toBe('SIGKILL');
  expect(await run(killed, 0, 'ask')).toBeNull();
  expect(await found(killed)).toEqual(await found(whole));
  const [expected, trained] = [trainedIn(whole), trainedIn(killed)];
  expect(trained.each.toSorted()).toEqual(expected.all.toSorted());
  expect(trained.all.length - trained.each.length).toBe(1);
});
