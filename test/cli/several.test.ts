import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hpo, linesOf, makeSweep, runHpo, trialsOf } from '../support/cli.js';

const PROCESSES = Number(process.env.HPO_TORTURE_PROCESSES ?? 4);
const POINTS = Number(process.env.HPO_TORTURE_POINTS ?? 30);

test(`${PROCESSES} processes on one grid give exactly the grid, take what waits once, and meet no lock`, async () => {
  const values = [...Array(POINTS).keys()];
  const cwd = makeSweep({ trainer: 'note.sh', parameters: { x: values } });
  const waiting = values.slice(3, 7);
  for (const x of waiting) await hpo(cwd, 'enqueue', `x=${x}`);
  let over = false;
  const calls = Array.from({ length: PROCESSES }, (_, k) =>
    runHpo(['optimize', '--csv', `runs-${k}.csv`], { cwd }),
  );
  // People look while it runs, and someone tidies up.
  const looking = (async () => {
    const looks = [];
    while (!over) {
      looks.push(await runHpo(['trials', '--json'], { cwd }), await runHpo(['study', 'list'], { cwd }));
    }
    return looks;
  })();
  const ran = await Promise.all(calls);
  over = true;
  for (const { code, stdout, stderr } of [...ran, ...(await looking)]) {
    expect(`${stdout}${stderr}`).not.toMatch(/locked|busy|SQLITE/i);
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
  }
  const trials = await trialsOf(cwd);
  expect(trials.map(({ number }) => number)).toEqual(values);
  expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['COMPLETE']));
  expect(trials.map(({ params }) => Number(params.x)).sort((a, b) => a - b)).toEqual(values);
  // What the trainers themselves have noted: each point was run once, whatever the database says.
  expect(
    linesOf(cwd, 'ran')
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual(values);
  const database = new Database(join(cwd, 'storage/hpo.db'));
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  database.close();
});
