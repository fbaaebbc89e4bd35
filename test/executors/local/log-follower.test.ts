import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LogFollower, type LogHandle } from '../../../src/executors/local/log-follower.js';
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
  await follower.finish('by-itself');
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
  await follower.finish('by-itself');
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
  await follower.finish('by-itself');
  expect(hooks.points.map((point) => point.value)).toEqual([1, 2]);
  expect(hooks.warnings).toEqual([expect.stringContaining('cut short')]);
});

it('ends without a file, and without a start', async () => {
  const { hooks, output, follower } = follow();
  await follower.finish('by-itself');
  expect(hooks.points).toEqual([]);
  expect(output.tail()).toEqual([]);
});

it('shows no control characters in the tail and no more than 20 lines, long ones cut', async () => {
  const { file, output, follower } = follow();
  writeFileSync(
    file,
    `${'early\n'.repeat(30)}\u001b]0;x\u0007bell\u0007 \u001b[31mred\n${'w'.repeat(5000)}\n`,
  );
  await follower.finish('by-itself');
  expect(output.tail()).toHaveLength(20);
  expect(output.tail().at(-2)).toBe('bell red');
  expect(output.tail().at(-1)).toHaveLength(1000);
});

/** Follows a file of another machine. `change`: what a file server shows differently at each opening, counted from 1. */
function followShared(change: (handle: LogHandle, opening: number) => Partial<LogHandle>) {
  const file = join(tempDir(), 'log');
  const hooks = new Recorder();
  let openings = 0;
  const openFile = async (path: string): Promise<LogHandle> => {
    const handle = await open(path, 'r');
    const whole: LogHandle = {
      read: (...all) => handle.read(...all),
      stat: () => handle.stat(),
      close: () => handle.close(),
    };
    openings++;
    return { ...whole, ...change(whole, openings) };
  };
  const follower = new LogFollower(file, new TrainerOutput(hooks), { isShared: true, open: openFile });
  return { file, hooks, follower };
}

it('continues where it was when a handle goes stale, without a warning', async () => {
  const { file, hooks, follower } = followShared((handle, opening) => {
    let reads = 0;
    const read: LogHandle['read'] = async (...all) => {
      if (opening === 1 && ++reads > 1) throw Object.assign(new Error('stale'), { code: 'ESTALE' });
      return handle.read(...all);
    };
    return { read };
  });
  writeFileSync(file, 'METRIC loss=1\nMETRIC lo');
  follower.start();
  await hooks.reported(1);
  appendFileSync(file, 'ss=2\n');
  await hooks.reported(2);
  await follower.finish('by-itself');
  expect(hooks.points.map((point) => point.value)).toEqual([1, 2]);
  expect(hooks.warnings).toEqual([]);
});

it('reads what was there at the end, though an open file shows an older size', async () => {
  let isOver = false;
  /** How much of the file the first opening shows. */
  const shown = 'METRIC loss=1\n'.length;
  const { file, hooks, follower } = followShared((handle, opening) => ({
    read: (buffer, offset, length, position) => {
      const most = opening === 1 ? Math.max(0, shown - position) : length;
      return handle.read(buffer, offset, Math.min(length, most), position);
    },
    stat: async () => {
      const { size, mtimeMs } = await handle.stat();
      return { size: opening === 1 && isOver ? 3 : size, mtimeMs };
    },
  }));
  writeFileSync(file, 'METRIC loss=1\n');
  follower.start();
  await hooks.reported(1);
  isOver = true;
  appendFileSync(file, 'METRIC loss=2\n');
  await follower.finish('by-itself');
  expect(hooks.points.map((point) => point.value)).toEqual([1, 2]);
  expect(hooks.warnings).toEqual([]);
});
