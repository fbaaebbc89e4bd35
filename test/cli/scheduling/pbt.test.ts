import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openStorage } from '../../../src/storage/open.js';
import { hpo, useProject } from '../../support/cli.js';
import { askOptuna } from '../../support/optuna.js';
import { describeWithReal } from '../../support/real-part.js';
import { checkpointsIn, makeScheduled, scheduled, stored, trainedBy, upTo } from './resumable.js';

const more = {
  scheduler: { name: 'pbt', population: 4, interval: 3 },
  sampler: 'random',
  parameters: { x: { min: 0, max: 10 } },
};

/** A sweep that has ended. */
const cwd = useProject(scheduled({ more }));
beforeAll(async () => {
  await hpo(cwd, 'optimize');
});

async function parents(): Promise<ReadonlyMap<number, { trial: number; step: number }>> {
  const storage = await openStorage(`sqlite:${join(cwd, 'storage/hpo.db')}`);
  try {
    const [study] = await storage.listStudies();
    const rows = await storage.rows(study?.id ?? -1, 0, 100);
    return new Map(rows.flatMap(({ number, parent }) => (parent ? [[number, parent] as const] : [])));
  } finally {
    await storage.close();
  }
}

test('with a real trainer new trials continue the copies of checkpoints, and no step is trained twice', async () => {
  const trials = await stored(cwd);
  const found = await parents();
  expect([...found.values()].map(({ step }) => step)).toEqual([3, 6]);
  for (const [child, { step }] of found) expect(trainedBy(cwd).get(child)?.[0]).toBe(step + 1);
  expect([...trainedBy(cwd).values()].flat()).toHaveLength(4 * 9);
  const complete = trials.filter(({ state }) => state === 'complete');
  expect(complete.map(({ steps }) => steps)).toEqual([1, 2, 3, 4].map(() => upTo(9)));
  expect(checkpointsIn(cwd)).toEqual([]);
  const parent = found.get(4)?.trial;
  expect(await hpo(cwd, 'show', '4')).toMatch(new RegExp(`continues +trial ${parent} from step 3`));
});

test('the lineage is in hpo show, hpo trials, runs.csv and hpo export-csv', async () => {
  expect(await hpo(makeScheduled({ more }), 'optimize', '--dry-run')).toMatch(
    /^random: a population of 4, the worst of which are replaced by copies of the best, 6 trials at most\n(trial .*\n){4}and then/,
  );
  const found = await parents();
  const children = (of: number) =>
    [...found].flatMap(([trial, { trial: parent, step }]) => (parent === of ? [{ trial, step }] : []));
  for (let trial = 0; trial < 6; trial++) {
    const shown = JSON.parse(await hpo(cwd, 'show', String(trial), '--json')) as Record<string, unknown>;
    expect([shown.parent, shown.children]).toEqual([found.get(trial) ?? null, children(trial)]);
  }
  const [[child, { trial: parent, step }] = [-1, { trial: -1, step: -1 }]] = found;
  expect(await hpo(cwd, 'show', String(parent))).toMatch(
    new RegExp(`continued by +trial ${child} from step ${step}`),
  );
  const listed = await hpo(cwd, 'trials', '--where', `parent == ${parent}`, '--json');
  expect((JSON.parse(listed) as { number: number }[]).map(({ number }) => number)).toContain(child);
  const csv = readFileSync(join(cwd, 'cfg/runs.csv'), 'utf8');
  const [header = '', ...rows] = csv.trimEnd().split('\r\n');
  expect(header.endsWith(',parent')).toBe(true);
  expect(rows.map((row) => row.slice(row.lastIndexOf(',') + 1))).toEqual(
    [0, 1, 2, 3, 4, 5].map((trial) => String(found.get(trial)?.trial ?? '')),
  );
  expect(await hpo(cwd, 'export-csv', '--out', '-')).toBe(csv);
});

describeWithReal('optuna', 'population-based training', () => {
  test('Optuna sees the parent of a trial', async () => {
    const read = await askOptuna<{ trials: { user_attrs: Record<string, unknown> }[] }>(
      'read_study.py',
      join(cwd, 'storage/hpo.db'),
      ['s'],
    );
    const seen = read.trials.flatMap(({ user_attrs: attrs }, k) =>
      attrs['hpo:parent'] === undefined ? [] : [[k, attrs['hpo:parent']]],
    );
    expect(seen).toEqual([...(await parents())].map(([child, { trial }]) => [child, trial]));
  });
});
