import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSweepLog, reserveSweepLog, sweepLogFile } from '../../src/loggers/sweep-log.js';
import { describeOnSmallDisk, fill, smallDisk } from '../support/tmpfs.js';
import { finished, reported, started, temporaryFolder } from './support.js';

test('the file is named after the local time of the start', () => {
  expect(sweepLogFile('/out', new Date(2024, 0, 2, 3, 4, 5))).toBe(join('/out', 'sweep_20240102_030405.log'));
  expect(sweepLogFile('out', new Date(2024, 11, 31, 23, 59, 59))).toBe(
    join('out', 'sweep_20241231_235959.log'),
  );
});

test('tells launches, ends, prunes, warnings and errors with the time, but no metrics', () => {
  const file = join(temporaryFolder(), 'outputs', 'sweep.log');
  const log = makeSweepLog(file, () => new Date(Date.UTC(2024, 0, 2, 3, 4, 5)));
  log.line('2 slots: cpu, cpu');
  log.on(started(0));
  log.on(reported(0, ['epoch_loss', 1, 0.5]));
  log.on({ type: 'trial-pruning', trial: 0, reason: 'best 4 is worse' });
  log.on({ type: 'warning', trial: 0, message: 'malformed' });
  log.on(finished(1, { state: 'fail', values: null, reason: 'exit code 1', tail: ['Traceback', 'boom'] }));
  log.on({ type: 'sweep-finished', end: 'budget', detail: '', savings: null });
  const at = '2024-01-02T03:04:05.000Z ';
  expect(readFileSync(file, 'utf8')).toBe(
    [
      '2 slots: cpu, cpu',
      'trial 0 started on cpu: learner.opt=adam batch_size=32 seed=42',
      'trial 0 is pruned: best 4 is worse',
      'warning: trial 0: malformed',
      'trial 1 FAIL after 12.3 s: exit code 1',
      '  | Traceback',
      '  | boom',
      'sweep ended (budget)',
    ]
      .map((line) => `${at}${line}\n`)
      .join(''),
  );
});

test('two calls that begin in the same second have a log each', () => {
  const folder = join(temporaryFolder(), 'outputs');
  const start = new Date(2024, 0, 2, 3, 4, 5);
  const files = [1, 2, 3].map(() => reserveSweepLog(folder, start));
  expect(files).toEqual(['', '_2', '_3'].map((more) => join(folder, `sweep_20240102_030405${more}.log`)));
  for (const file of files) expect(readFileSync(file, 'utf8')).toBe('');
});

test('appends to a file that is there', () => {
  const file = join(temporaryFolder(), 'sweep.log');
  for (const word of ['one', 'two']) makeSweepLog(file, () => new Date(0)).line(word);
  expect(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.slice(25)),
  ).toEqual(['one', 'two', '']);
});

describeOnSmallDisk('on a disk that fills up', () => {
  test('no line is torn or lost: what finds no place is written when there is space', () => {
    const folder = smallDisk(1);
    const file = join(folder, 'sweep.log');
    const log = makeSweepLog(file, () => new Date(0));
    const ballast = fill(folder, 4096);
    // More than the page that is left.
    for (let k = 0; k < 300; k++) log.line(`line ${k} of some length`);
    const numbers = () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => (line === '' ? '' : /^[\d-]+T[\d:.]+Z line (\d+) of some length$/.exec(line)?.[1]));
    const before = numbers();
    // The last line is whole, with its end.
    expect(before.pop()).toBe('');
    expect(before).toEqual([...before.keys()].map(String));
    expect(before.length).toBeLessThan(300);
    rmSync(ballast);
    log.line('line 300 of some length');
    expect(numbers().slice(0, -1)).toEqual([...Array(301).keys()].map(String));
  });
});
