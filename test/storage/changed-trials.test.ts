import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Storage } from '../../src/storage/storage.js';
import { command } from './command.js';
import { everyState } from './every-state.js';
import { describeStorages, newStudy } from './support.js';
import { World } from './world.js';

const PAGE = 3;

/** A copy of a study that is brought up to date by what has changed alone. */
class Follower {
  readonly rows = new Map<number, unknown>();
  readonly stamps = new Map<number, number>();
  mark: string | null = null;

  constructor(
    readonly storage: Storage,
    readonly studyId: number,
  ) {}

  /** Reads a page of what has changed; whether that was all. */
  async read(limit = PAGE): Promise<boolean> {
    const { mark, trials, isAll } = await this.storage.changedTrials(this.studyId, this.mark, limit);
    const ids = trials.map(({ id }) => id);
    for (const row of await this.storage.results(this.studyId, ids)) this.rows.set(row.number, row);
    for (const { number, stamp } of trials) this.stamps.set(number, stamp);
    this.mark = mark;
    return isAll;
  }

  async readAll(): Promise<void> {
    while (!(await this.read()));
  }
}

async function allRows(storage: Storage, studyId: number): Promise<Map<number, unknown>> {
  const { trials } = await storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] });
  const ids = trials.map(({ id }) => id);
  return new Map((await storage.results(studyId, ids)).map((row) => [row.number, row]));
}

describeStorages('changed trials', (open, { slower }) => {
  test('bring a copy up to date, whatever is written and whenever it is read', async () => {
    const runs = fc.array(fc.tuple(command, fc.boolean()), { minLength: 20, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(runs, async (steps) => {
        const storage = await open();
        const world = new World(storage, (await newStudy(storage)).id);
        const follower = new Follower(storage, world.studyId);
        for (const [each, reads] of steps) {
          await world.apply(each);
          if (reads) await follower.read();
        }
        await follower.readAll();
        expect(follower.rows).toEqual(await allRows(storage, world.studyId));
      }),
      {
        numRuns: slower ? 4 : 15,
        examples: [[everyState.map((each): [typeof each, boolean] => [each, true])]],
      },
    );
  });

  test('have stamps whose sums show whether a copy is of this study at this mark', async () => {
    const storage = await open();
    const world = new World(storage, (await newStudy(storage)).id);
    for (const each of everyState) await world.apply(each);
    const follower = new Follower(storage, world.studyId);
    await follower.readAll();
    const { mark } = follower;
    const before = await storage.stampsBefore(world.studyId, mark ?? '');
    const known = [...follower.stamps.values()].sort((a, b) => a - b).slice(0, -1);
    expect(before).toEqual({
      count: known.length,
      low: known.reduce((sum, stamp) => sum + (stamp % 2 ** 21), 0),
      high: known.reduce((sum, stamp) => sum + Math.floor(stamp / 2 ** 21), 0),
    });
    await storage.annotate(world.studyId, 0, { note: 'later', addTags: [], removeTags: [], hidden: null });
    const later = await storage.stampsBefore(world.studyId, mark ?? '');
    expect(later.count).toBe(before.count - 1);
  });

  test('are none of a study that does not exist', async () => {
    const storage = await open();
    expect(await storage.changedTrials(7, null, 10)).toMatchObject({ study: null, isAll: true, trials: [] });
    expect(await storage.results(7, [0, 1])).toEqual([]);
  });

  test('of a study under an id that was used before name another study', async () => {
    const storage = await open();
    const first = await newStudy(storage);
    const { study } = await storage.changedTrials(first.id, null, 10);
    await storage.deleteStudy(first.id);
    const second = await newStudy(storage);
    expect((await storage.changedTrials(second.id, null, 10)).study).not.toBe(study);
  });
});
