import { expect, test } from 'vitest';
import type { ColumnsHeader, TrialInfo } from '../../../src/dashboard/protocol.js';
import { newStudy, opened, rows, sweep } from '../../study/harness.js';
import { populationSpec, populationTrainer } from '../../study/population.js';
import { columnOf, read, readColumns, served } from './harness.js';
import { databaseUrl } from './studies.js';

test('a trial is sent with its parent and its children, and columns have the parents', async () => {
  const url = databaseUrl();
  const study = await newStudy(populationSpec(), await opened(url));
  await sweep(study, populationTrainer([]));
  const trials = await rows(study);
  const parents = trials.map(({ parent }) => parent);
  expect(parents.filter((parent) => parent !== null)).toHaveLength(2);
  const server = await served(url);
  const columns = await readColumns<ColumnsHeader>(server, '/api/studies/study/columns');
  expect(columnOf(columns, 'parent')).toEqual(parents.map((parent) => parent?.trial ?? -1));
  expect(columnOf(columns, 'parentStep')).toEqual(parents.map((parent) => parent?.step ?? Number.NaN));
  for (const { number, parent } of trials) {
    const children = trials.flatMap((each) =>
      each.parent?.trial === number ? [{ trial: each.number, step: each.parent.step }] : [],
    );
    expect(await read<TrialInfo>(server, `/api/studies/study/trials/${number}`)).toMatchObject({
      parent,
      children,
    });
  }
});
