import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyStudy, openStorage } from '../../src/index.js';
import { tempDir } from '../study/harness.js';
import { makePausedStudy } from '../study/paused-study.js';
import { hpoInProcess, saidBy } from '../support/in-process.js';

/** A study with paused trials, and what commands say of it. */
async function paused() {
  const folder = tempDir();
  const url = `sqlite:${join(folder, 'study.db')}`;
  await makePausedStudy(url);
  const here = ['--storage', url, '--sweep', 'none.yaml'];
  return { folder, url, say: (...args: readonly string[]) => saidBy(...args, ...here) };
}

test('every command shows paused trials as paused, with their step', async () => {
  const { folder, url, say } = await paused();
  const listed = await say('trials', '--columns', 'trial,state,epochs');
  expect(
    listed
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s{2,}/)),
  ).toEqual([
    ['0', 'PAUSED at 3', '3'],
    ['1', 'PAUSED at 1', '1'],
    ['2', 'PAUSED at 1', '1'],
  ]);
  expect(JSON.parse(await say('trials', '--state', 'paused', '--json'))).toMatchObject([
    // Two attempts of a second each.
    { number: 0, state: 'PAUSED', pausedAt: 3, ranMs: 2000 },
    { number: 1, state: 'PAUSED', pausedAt: 1, ranMs: 1000 },
    { number: 2, state: 'PAUSED', pausedAt: 1 },
  ]);
  expect(JSON.parse(await say('trials', '--where', 'paused_at >= 3', '--json'))).toHaveLength(1);
  for (const state of ['running', 'queued'])
    expect(await say('trials', '--state', state)).toBe(`study study has no ${state} trials\n`);

  const shown = await say('show', '0');
  expect(shown).toMatch(/^trial 0 of study study: PAUSED at 3, for 2\.0 s\n/);
  expect(shown).toMatch(/attempt +end +to step .*\n +1 +paused +1 .*\n +2 +paused +3 /);
  const summary = await say('summary');
  expect(summary).toMatch(/^study study: 3 paused; sampler grid, scheduler asha\n/);
  expect(summary).toMatch(/^saved 81 %: 5 of 27 epochs spent, 4\.0 s of about /m);
  const [header, row] = (await saidBy('study', 'list', '--storage', url)).split('\n') as [string, string];
  const cells = Object.fromEntries(
    header
      .trim()
      .split(/\s{2,}/)
      .map((title, k) => [title, row.trim().split(/\s{2,}/)[k]]),
  );
  expect(cells).toMatchObject({ running: '0', paused: '3' });
  expect(JSON.parse(await saidBy('study', 'show', 'study', '--json', '--storage', url))).toMatchObject({
    counts: { running: 3 },
    pausedTrials: 3,
    savings: { scheduler: 'asha', steps: { spent: 5, full: 27 }, hours: { spent: 4 / 3600 } },
  });

  await say('export-csv', '--out', join(folder, 'runs.csv'));
  const [columns = '', ...rows] = readFileSync(join(folder, 'runs.csv'), 'utf8').trimEnd().split(/\r?\n/);
  const at = (name: string) => columns.split(',').indexOf(name);
  expect(rows.map((line) => [line.split(',')[at('state')], line.split(',')[at('epochs')]])).toEqual([
    ['PAUSED', '3'],
    ['PAUSED', '1'],
    ['PAUSED', '1'],
  ]);
});

test('hpo stop prunes a paused trial with its last value; retry says why it cannot; notes are kept', async () => {
  const { url, say } = await paused();
  expect(await say('stop', '1')).toMatch(
    /^trial 1 was paused at step 1 and is now pruned; its checkpoint stays/,
  );
  await say('note', '0', 'promising', '--tag', 'look');
  const here = ['--storage', url, '--sweep', 'none.yaml'];
  const again = await hpoInProcess('stop', '1', ...here);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('trial 1 is pruned') });
  const retried = await hpoInProcess('retry', '2', ...here);
  expect(retried).toMatchObject({ code: 2, stderr: expect.stringContaining('trial 2 is paused at step 1') });
  const rows = JSON.parse(await say('trials', '--json'));
  expect(rows).toMatchObject([
    { state: 'PAUSED', note: 'promising', tags: ['look'] },
    { state: 'PRUNED', pausedAt: null, reason: 'stopped by hpo stop while paused at step 1' },
    { state: 'PAUSED' },
  ]);
  expect(rows[1].values).toEqual([rows[1].params.x + 1]);
  expect(JSON.parse(await say('trials', '--state', 'paused', '--json'))).toHaveLength(2);
});

test('a copy of a study has its paused trials as pruned ones, since their checkpoints stay where they are', async () => {
  const { url } = await paused();
  const storage = await openStorage(url);
  try {
    await copyStudy({ name: 'study', storage, to: { name: 'copy' } });
  } finally {
    await storage.close();
  }
  const rows = JSON.parse(await saidBy('trials', '--storage', url, '--study', 'copy', '--json'));
  expect(rows).toMatchObject([
    { state: 'PRUNED', epochs: 3, reason: 'was paused at step 3 when the study was copied' },
    { state: 'PRUNED', epochs: 1 },
    { state: 'PRUNED', epochs: 1 },
  ]);
  expect(rows[0].values).toEqual([rows[0].params.x + 1 / 3]);
  expect(await saidBy('trials', '--storage', url, '--study', 'study')).toContain('PAUSED at 3');
});
