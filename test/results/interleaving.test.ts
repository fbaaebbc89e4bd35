import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { ResultsFeed, readResults } from '../../src/results/results-feed.js';
import type { ResultsModel } from '../../src/results/results-model.js';
import type { ResultsStudy } from '../../src/results/results-study.js';
import { packResults, type StoredResults, unpackResults } from '../../src/results/stored-results.js';
import { digestOf } from '../../src/results/study-digest.js';
import type { Storage } from '../../src/storage/storage.js';
import { command } from '../storage/command.js';
import { everyState } from '../storage/every-state.js';
import { folder, newStudy, opened } from '../storage/support.js';
import { World } from '../storage/world.js';

const study = (id: number): ResultsStudy => ({
  id,
  seed: 1,
  space: makeSpace([
    { name: 'lr', distribution: float(1e-5, 1, { log: true }) },
    { name: 'layers', distribution: int(1, 8) },
    { name: 'opt', distribution: categorical(['sgd', 'adam', null]) },
  ]),
  spec: { objectives: [{ metric: 'loss', direction: 'minimize', reduce: 'last' }], repeats: 2 },
});

/** Everything that a model shows, texts instead of their codes. */
function shown(model: ResultsModel) {
  const { table } = model;
  const texts = [table.reasons, table.causes, table.devices, table.notes];
  const columns = [table.configurations, table.attempts, table.epochs, table.seeds, table.exitCodes];
  const floats = [table.startedAtMs, table.finishedAtMs, table.gpuPercent, table.gpuMemoryMiB];
  return {
    trials: Array.from({ length: table.length }, (_, k) => [
      model.stateOf(k),
      [...columns, ...floats].map((column) => column.get(k)),
      table.valuesOf(k),
      table.violationsOf(k),
      table.feasibility.get(k),
      table.paramsOf(k),
      [...table.metrics]
        .flatMap(([name, column]) => (column.get(k) === undefined ? [] : [[name, column.get(k)]]))
        .sort(),
      table.curves.get(k),
      texts.map((column) => column.get(k)),
      [table.tagsOf(k), table.hidden.get(k)],
    ]),
    best: model.best(100),
    front: model.front(),
    counts: model.counts(),
    digest: digestOf(model.table, {
      pruner: { name: 'median', options: {} },
      scheduler: { name: 'none', options: {} },
      maxSteps: null,
    }),
    history: [...(model.histories[0]?.best() ?? [])],
  };
}

/** A new feed that begins with what was stored has the same model, and goes on from there. */
async function expectRestored(
  reader: Storage,
  of: ResultsStudy,
  stored: StoredResults,
  expected: ReturnType<typeof shown>,
): Promise<void> {
  const parts = packResults(stored, of);
  const bytes = new Uint8Array(Buffer.concat(parts));
  const unpacked = unpackResults(bytes, of);
  const later = new ResultsFeed(reader, of);
  expect(unpacked && (await later.restore(unpacked))).toBe(true);
  expect(shown(later.model)).toEqual(expected);
  expect((await later.update()).changed).toEqual([]);
  // Of another history, nothing is taken.
  const other = unpackResults(bytes, of);
  const [first] = [...(other?.stamps.keys() ?? [])];
  if (!other || first === undefined || stored.table.length < 2) return;
  const isNewest = other.stamps[first] === Math.max(...other.stamps);
  const changed = isNewest ? 1 : first;
  other.stamps[changed] = (other.stamps[changed] ?? 0) + 1;
  expect(await new ResultsFeed(reader, of).restore(other)).toBe(false);
}

test('writes and updates in any order give the model that one read at the end gives', async () => {
  const runs = fc.array(fc.tuple(command, fc.boolean()), { minLength: 20, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(runs, fc.boolean(), async (steps, isFile) => {
      const url = isFile ? `sqlite:${join(await folder(), 'study.db')}` : 'memory:';
      const writer = await opened(url);
      // Of a file, the writer is another connection, as another process is.
      const reader = isFile ? await opened(url) : writer;
      const world = new World(writer, (await newStudy(writer)).id);
      const feed = new ResultsFeed(reader, study(world.studyId));
      for (const [each, reads] of steps) {
        await world.apply(each);
        if (!reads) continue;
        const before = shown(feed.model).trials;
        const { changed } = await feed.update();
        // What an update does not name has not changed.
        const now = shown(feed.model).trials;
        for (const [number, trial] of now.entries())
          if (!changed.includes(number)) expect(trial).toEqual(before[number]);
      }
      const model = await feed.read();
      const stored = feed.stored();
      if (stored) await expectRestored(reader, study(world.studyId), stored, shown(model));
      expect(shown(model)).toEqual(shown(await readResults(reader, study(world.studyId))));
    }),
    { numRuns: 25, examples: [[everyState.map((each): [typeof each, boolean] => [each, true]), true]] },
  );
});
