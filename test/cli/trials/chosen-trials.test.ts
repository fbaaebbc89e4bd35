import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { categorical, float } from '../../../src/core/distribution.js';
import { makeRng } from '../../../src/core/rng.js';
import { makeSpace, paramsKey } from '../../../src/core/space.js';
import { plainSpec } from '../../../src/core/spec.js';
import { NO_REMARKS } from '../../../src/storage/annotation.js';
import { openStorage } from '../../../src/storage/open.js';
import type { ImportedTrialRecord } from '../../../src/storage/storage.js';
import { createStudy } from '../../../src/study/open-study.js';
import { runBuilt } from '../../support/bundle.js';

const TRIALS = 2300;
const distributions = { lr: float(0, 1), opt: categorical(['sgd', 'adam']) };
let folder: string;

function finished(k: number): ImportedTrialRecord {
  const rng = makeRng(k, 'trial');
  const params = { lr: rng.float(), opt: rng.float() < 0.5 ? 'sgd' : 'adam' };
  const state = k % 50 === 7 ? 'fail' : k % 4 === 3 ? 'pruned' : 'complete';
  return {
    filled: { params, forced: {}, key: paramsKey(params), distributions, attrs: {} },
    remarks: NO_REMARKS,
    opening: { repeat: 0, seed: k % 9, startedAtMs: 1000 * k },
    points: [
      { name: 'loss', step: 1, value: rng.float(), objective: true },
      { name: 'accuracy', step: 1, value: rng.float(), objective: false },
    ],
    ending: {
      state,
      values: state === 'fail' ? null : [Math.round(20 * rng.float())],
      exitCode: k % 3,
      reason: state === 'fail' ? 'broken' : null,
      finishedAtMs: 1000 * k + (k % 77),
    },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hpo-chosen-'));
  const storage = await openStorage(`sqlite:${join(folder, 'study.db')}`);
  const space = makeSpace(
    Object.entries(distributions).map(([name, distribution]) => ({ name, distribution })),
  );
  const spec = plainSpec([{ metric: 'loss', direction: 'minimize', reduce: 'last' }], space);
  const study = await createStudy(storage, { name: 'large', spec, seed: 1, nowMs: 0 });
  await storage.importFinished(
    study.id,
    Array.from({ length: TRIALS }, (_, k) => finished(k)),
  );
  await storage.annotate(study.id, 12, { note: 'odd', addTags: ['x'], removeTags: [], hidden: true });
  await storage.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The list, with the cache of a folder. */
async function listed(cache: string, ...args: readonly string[]): Promise<string> {
  const env = { XDG_CACHE_HOME: join(folder, cache) };
  const { code, stdout, stderr } = await runBuilt([...args, '--storage', 'study.db'], { cwd: folder, env });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

test('a list from stored results is the list of a study that has none', async () => {
  await listed('filled', 'best');
  expect(readdirSync(join(folder, 'filled', 'hpo', 'summaries'))).toHaveLength(1);
  for (const args of [
    ['--top', '7'],
    ['--sort', 'lr', '--top', '1100'],
    ['--sort', '-accuracy', '--json'],
    ['--sort', 'time', '--where', 'opt == "adam" and lr < 0.4'],
    ['--state', 'fail', '--columns', 'trial,exit_code,reason,seed'],
    ['--where', 'accuracy > 0.9 or trial == 12', '--json'],
    ['--where', 'hidden == true'],
    ['--where', 'lr > 2'],
    ['--desc', '--top', '3'],
  ]) {
    const [stored, read] = [
      await listed('filled', 'trials', ...args),
      await listed('empty', 'trials', ...args),
    ];
    expect([args, stored]).toEqual([args, read]);
  }
});

test('a whole list begins without reading the results of all trials', async () => {
  await listed('whole', 'trials', '--json');
  expect(existsSync(join(folder, 'whole'))).toBe(false);
  // Others do, and keep them.
  await listed('whole', 'trials', '--where', 'lr < 0.5', '--json');
  expect(existsSync(join(folder, 'whole'))).toBe(true);
});
