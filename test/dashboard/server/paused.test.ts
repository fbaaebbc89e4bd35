import { expect, test } from 'vitest';
import type { ColumnsHeader, StudyInfo, TrialInfo } from '../../../src/dashboard/protocol.js';
import { T0 } from '../../study/harness.js';
import { makePausedStudy } from '../../study/paused-study.js';
import { act, columnOf, read, readColumns, served } from './harness.js';
import { databaseUrl } from './studies.js';

const [PRUNED, PAUSED] = [5, 7];

test('paused trials are sent as paused, with their step, their time, and the targets of their attempts', async () => {
  const url = databaseUrl();
  await makePausedStudy(url);
  const server = await served(url);
  const path = '/api/studies/study/columns';
  const columns = await readColumns<ColumnsHeader>(server, path);
  expect(columnOf(columns, 'state')).toEqual([PAUSED, PAUSED, PAUSED]);
  expect(columnOf(columns, 'pausedAt')).toEqual([3, 1, 1]);
  // Two attempts of a second each, and one.
  expect(columnOf(columns, 'ran')).toEqual([2000, 1000, 1000]);
  const { timeBaseMs } = columns.header;
  expect(columnOf(columns, 'pausedSince').map((ms) => ms + timeBaseMs)).toEqual(Array(3).fill(T0 + 1000));
  expect(columnOf(columns, 'end')).toEqual([Number.NaN, Number.NaN, Number.NaN]);

  expect(await read<StudyInfo>(server, '/api/studies/study')).toMatchObject({
    counts: { paused: 3, running: 0, queued: 0 },
  });
  expect(await read<TrialInfo>(server, '/api/studies/study/trials/0')).toMatchObject({
    state: 'PAUSED',
    pausedAt: 3,
    attempts: [
      { attempt: 1, targetStep: 1 },
      { attempt: 2, targetStep: 3 },
    ],
  });

  const stopped = await act(server, '/api/studies/study/control/stop', { trial: 1 });
  expect(stopped.status).toBe(200);
  const changed = await readColumns<ColumnsHeader>(server, `${path}?since=${columns.header.revision}`);
  expect([columnOf(changed, 'trial'), columnOf(changed, 'state')]).toEqual([[1], [PRUNED]]);
  expect(columnOf(changed, 'pausedAt')).toEqual([Number.NaN]);
});
