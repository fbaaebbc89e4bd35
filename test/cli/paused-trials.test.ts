import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../study/harness.js';
import { makePausedStudy } from '../study/paused-study.js';
import { saidBy } from '../support/in-process.js';

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
  expect(await say('summary')).toMatch(/^study study: 3 paused;/);
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
