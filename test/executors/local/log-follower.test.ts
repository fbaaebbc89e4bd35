import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LogFollower } from '../../../src/executors/local/log-follower.js';
import { TrainerOutput } from '../../../src/executors/local/trainer-output.js';
import { Recorder, tempDir } from './harness.js';

function follow() {
  const file = join(tempDir(), 'log');
  const hooks = new Recorder();
  const output = new TrainerOutput(hooks);
  const follower = new LogFollower(file, output);
  return { file, hooks, output, follower };
}

it('waits for a file that comes later and reads what grows, half lines included', async () => {
  const { file, hooks, follower } = follow();
  follower.start();
  writeFileSync(file, 'METRIC loss=1\nMETRIC lo');
  await hooks.reported(1);
  appendFileSync(file, 'ss=2\nMETRIC loss=3');
  await hooks.reported(2);
  expect(hooks.points.map((point) => point.value)).toEqual([1, 2]);
  await follower.finish();
  expect(hooks.points.map((point) => point.value)).toEqual([1, 2, 3]);
});

it('is not bothered when the file gets another name', async () => {
  const { file, hooks, follower } = follow();
  writeFileSync(file, 'METRIC loss=1\n');
  follower.start();
  await hooks.reported(1);
  renameSync(file, `${file}.old`);
  appendFileSync(`${file}.old`, 'METRIC loss=2\n');
  await hooks.reported(2);
  await follower.finish();
  expect(hooks.points).toHaveLength(2);
});

it('starts again, with a warning, when someone cut the file short', async () => {
  const { file, hooks, follower } = follow();
  writeFileSync(file, 'METRIC loss=1\n');
  follower.start();
  await hooks.reported(1);
  truncateSync(file, 0);
  appendFileSync(file, 'METRIC a=2\n');
  await hooks.reported(2);
  await follower.finish();
  expect(hooks.points.map((point) => point.value)).toEqual([1, 2]);
  expect(hooks.warnings).toEqual([expect.stringContaining('cut short')]);
});

it('ends without a file, and without a start', async () => {
  const { hooks, output, follower } = follow();
  await follower.finish();
  expect(hooks.points).toEqual([]);
  expect(output.tail()).toEqual([]);
});

it('shows no control characters in the tail and no more than 20 lines, long ones cut', async () => {
  const { file, output, follower } = follow();
  writeFileSync(
    file,
    `${'early\n'.repeat(30)}\u001b]0;x\u0007bell\u0007 \u001b[31mred\n${'w'.repeat(5000)}\n`,
  );
  await follower.finish();
  expect(output.tail()).toHaveLength(20);
  expect(output.tail().at(-2)).toBe('bell red');
  expect(output.tail().at(-1)).toHaveLength(1000);
});
