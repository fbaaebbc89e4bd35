import { describe, expect, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import type { JsonValue } from '../../src/core/trial.js';
import { openStudy } from '../../src/study/open-study.js';
import { storedSpec, toStoredSpec } from '../../src/study/stored-spec.js';
import { makeSpec, newStudy, opened } from './harness.js';

const spec = makeSpec([{ name: 'n', distribution: int(1, 4) }], {
  initialPoints: [{ n: 2 }],
  metricConstraints: [{ metric: 'memory', bound: 'max', limit: 8 }],
});

/** What a study has in the database. */
async function stored(url = 'memory:') {
  const { storage } = await newStudy(spec, await opened(url));
  const record = await storage.findStudy('study');
  if (!record) throw new Error('no study');
  return { storage, record };
}

describe('the stored specification of a study', () => {
  test('has the names that every version of hpo reads, and comes back as it was', async () => {
    const { record } = await stored();
    expect(Object.keys(record.spec as object)).toEqual([
      'objectives',
      'space',
      'trainer',
      'config',
      'repeats',
      'race',
      'seeds',
      'start',
      'transfer',
      'outcomes',
      'sampler',
      'pruner',
      'scheduler',
      'maxSteps',
      'terminator',
      'metrics',
    ]);
    expect(record.spec).toMatchObject({ start: spec.initialPoints, outcomes: spec.metricConstraints });
    expect(storedSpec(record)).toEqual({ ...spec, seeds: storedSpec(record).seeds });
    expect(toStoredSpec(storedSpec(record))).toEqual(record.spec);
  });

  test('of a version that had no initial points, metric constraints and terminators has none of them', async () => {
    const { record } = await stored();
    const { start: _, outcomes: __, terminator: ___, ...early } = record.spec as Record<string, JsonValue>;
    expect(storedSpec({ ...record, spec: early })).toMatchObject({
      initialPoints: [],
      metricConstraints: [],
      terminator: { name: 'none' },
    });
  });

  test('is not written again by a call that changes nothing', async () => {
    const { storage, record } = await stored();
    const before = await storage.changeToken();
    const study = await openStudy(storage, record, { spec });
    expect(await storage.changeToken()).toBe(before);
    expect(study.spec).toEqual(storedSpec(record));
    await openStudy(storage, record, { spec: { ...spec, repeats: 2 } });
    expect(await storage.changeToken()).not.toBe(before);
  });
});
