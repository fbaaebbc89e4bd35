import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  checkpointFolder,
  checkpointsInFiles,
} from '../../../../src/executors/function/checkpoints/in-files.js';
import { checkpointsInMemory } from '../../../../src/executors/function/checkpoints/in-memory.js';
import type { SavedStates } from '../../../../src/executors/function/checkpoints/saved-state.js';
import { AttemptCheckpoint } from '../../../../src/executors/function/checkpoints/trial-checkpoint.js';

const UID = 'a'.repeat(32);
const ref = (trial: number) => ({ trial, token: 't', handle: '' });

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-checkpoints-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return checkpointFolder(join(dir, 'study.db'), UID) as string;
}

/** An attempt of trial 0 and the steps whose state it says is saved. */
async function open(states: SavedStates, reported: readonly number[] = []) {
  const saved: number[] = [];
  const saving = {
    states,
    trial: 0,
    saved: (step: number) => void saved.push(step),
    settled: async () => {},
  };
  return { saved, attempt: await AttemptCheckpoint.open(saving, async () => reported) };
}

describe.each([
  ['in memory', () => checkpointsInMemory({}, 1)],
  ['in files', () => checkpointsInFiles(folder())],
])('checkpoints %s', (_, make) => {
  test('give back what was saved last: JSON as JSON, bytes as bytes', async () => {
    const states = make();
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      // JSON has no -0.
      fc
        .jsonValue({ maxDepth: 2 })
        .filter((each) => each !== null)
        .map((each) => JSON.parse(JSON.stringify(each)) as object),
    );
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const { attempt } = await open(states);
        await attempt.checkpoint.save(given as object);
        const found = await attempt.checkpoint.load();
        expect(found).toEqual(given);
        expect(found instanceof Uint8Array).toBe(given instanceof Uint8Array);
      }),
      { numRuns: 25 },
    );
    expect(await states.exist(ref(0))).toBe(true);
    await states.discard(ref(0));
    expect(await states.exist(ref(0))).toBe(false);
    expect((await open(states)).attempt.startStep).toBe(0);
  });

  test('know how many steps were done, whether a state is saved before its report or after it', async () => {
    const states = make();
    const after = await open(states);
    after.attempt.noteReport(1);
    await after.attempt.checkpoint.save('state of 1');
    after.attempt.noteReport(2);
    expect(after.saved).toEqual([1]);
    expect((await open(states, [1, 2])).attempt.startStep).toBe(1);
    const before = await open(states, [1, 2]);
    await before.attempt.checkpoint.save('state of 2');
    expect((await open(states, [1])).attempt.startStep).toBe(1);
    before.attempt.noteReport(2);
    expect((await open(states, [1, 2])).attempt.startStep).toBe(2);
    expect(before.saved.at(-1)).toBe(2);
  });

  test('keep nothing that is saved after the attempt has ended, and all that was saved before', async () => {
    const states = make();
    const { attempt } = await open(states);
    const first = attempt.checkpoint.save({ a: 1 });
    await attempt.close();
    await attempt.checkpoint.save({ a: 2 });
    await first;
    expect(await attempt.checkpoint.load()).toEqual({ a: 1 });
  });

  test('refuse what is neither JSON nor bytes', async () => {
    const { attempt } = await open(make());
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const bad of [undefined, null, () => 1, circle, new Float32Array(2), Promise.resolve(1)])
      await expect(attempt.checkpoint.save(bad as never)).rejects.toThrow('expected JSON or a Uint8Array');
  });
});

describe('checkpoints in files', () => {
  test('lie beside the database in a folder of the study, which goes with its last one', async () => {
    const dir = folder();
    const states = checkpointsInFiles(dir);
    for (const trial of [3, 4])
      await states.write(trial, { step: 1, isBeforeReport: false, data: Uint8Array.of(10, 0, 10) });
    expect(readdirSync(dir).toSorted()).toEqual(['3', '4']);
    expect(readdirSync(join(dir, '3'))).toEqual(['checkpoint']);
    expect((await states.read(3))?.data).toEqual(Uint8Array.of(10, 0, 10));
    await states.discard(ref(3));
    expect(await states.exist(ref(4))).toBe(true);
    await states.discard(ref(4));
    expect(existsSync(join(dir, '..'))).toBe(false);
  });

  test('name a file that cannot be read', async () => {
    const dir = folder();
    const states = checkpointsInFiles(dir);
    await states.write(0, { step: 1, isBeforeReport: false, data: '1' });
    writeFileSync(join(dir, '0', 'checkpoint'), 'no first line');
    await expect(states.read(0)).rejects.toThrow(/cannot read the checkpoint .*checkpoint: /);
  });

  test('have no folder for a uid that is no uid: it would be a path', () => {
    expect(checkpointFolder('/data/study.db', '../elsewhere')).toBeNull();
    expect(checkpointFolder('/data/study.db', null)).toBeNull();
  });
});
