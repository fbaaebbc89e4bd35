import { expect, test } from 'vitest';
import { judgeOwners } from '../../../src/study/sweep/orphans.js';
import { newStudy, opened } from '../../storage/support.js';

test('indices are released of owners that have ended, and nothing is written where none has', async () => {
  const storage = await opened('memory:');
  const { id } = await newStudy(storage);
  await storage.reserveIndex(id, 'first');
  const released: unknown[] = [];
  const judgedAs = (verdict: 'alive' | 'ended') =>
    judgeOwners({
      id,
      storage: {
        ...storage,
        liveness: { ...storage.liveness, judge: () => verdict },
        releaseIndices: (studyId, which) => {
          released.push(which);
          return storage.releaseIndices(studyId, which);
        },
      },
    });
  expect(await judgedAs('alive')).toEqual({ ended: [], unknown: [] });
  expect(released).toEqual([]);
  expect(await judgedAs('ended')).toEqual({ ended: ['first'], unknown: [] });
  expect(released).toEqual([{ owners: ['first'] }]);
  expect(await storage.owners(id)).toEqual([]);
});
