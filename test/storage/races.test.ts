import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { programOf } from '../support/program.js';
import { ask, attemptOf, ending, filled, folder, newAttempt, newStudy, newTrial, opened } from './support.js';

const run = promisify(execFile);
// Other programs start and sync their files here, which a busy machine makes slow.
vi.setConfig({ testTimeout: 120_000 });
const RACERS = 3;
const ROUNDS = 30;

test('processes on one file share one sequence of trials, lose no write and win each key once', async () => {
  const url = `sqlite:${join(await folder(), 'race.db')}`;
  const storage = await opened(url);
  const study = await newStudy(storage, 'race');
  const { reservation } = await storage.reserveIndex(study.id, 'me');
  const first = { ...filled({}), key: 'shared', params: { x: 1 }, distributions: { x: float(0, 1) } };
  const shared = await storage.commitConfiguration({ reservation }, first, newTrial());
  const fixture = programOf(new URL('./fixtures/racer.ts', import.meta.url));
  const outputs = await Promise.all(
    [...Array(RACERS).keys()].map((i) => {
      const args = [url, `racer-${i}`, ROUNDS, shared?.trial.id, attemptOf(shared)].map(String);
      return run(process.execPath, [fixture, ...args]);
    }),
  );
  type Report = { won: { index: number; number: number; value: number }[]; held: number; shared: boolean };
  const reports = outputs.map(({ stdout }) => JSON.parse(stdout) as Report);
  const won = reports.flatMap((report) => report.won);

  expect(reports.filter((report) => report.shared)).toHaveLength(1);
  // Half the keys are common to all racers: each of them is won by exactly one.
  expect(won).toHaveLength(ROUNDS / 2 + (RACERS * ROUNDS) / 2);
  expect(reports.reduce((sum, report) => sum + report.held, 0)).toBe(((RACERS - 1) * ROUNDS) / 2);
  expect(won.map((trial) => trial.number).sort((a, b) => a - b)).toEqual(
    [...Array(won.length).keys()].map((i) => i + 1),
  );
  expect(new Set(won.map((trial) => trial.index)).size).toBe(won.length);
  expect(new Set(won.map((trial) => trial.value)).size).toBe(won.length);

  const rows = await storage.rows(study.id, 0, 1000);
  expect(rows.map((row) => row.number)).toEqual([...Array(won.length + 1).keys()]);
  for (const trial of won) {
    const row = rows[trial.number];
    expect(row).toMatchObject({ state: 'complete', values: [trial.value], metrics: { loss: trial.value } });
  }
  expect(await storage.unfinished(study.id)).toEqual([]);
});

test('of two connections that end the same attempt one wins, whichever way', async () => {
  const url = `sqlite:${join(await folder(), 'race.db')}`;
  const [a, b] = [await opened(url), await opened(url)];
  const study = await newStudy(a);
  for (let i = 1; i <= 20; i++) {
    const asked = await ask(a, study.id, { lr: i / 20 });
    const [trial, attempt] = [asked.trial.id, attemptOf(asked)];
    const outcomes = await Promise.all([
      a.finish(trial, attempt, ending()),
      b.requeue(attempt, { exitCode: null, reason: 'lost', cause: 'lost', finishedAtMs: 1 }),
      b.finish(trial, attempt, ending({ state: 'fail', values: null })),
    ]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const queued = outcomes[1];
    const again = await Promise.all([
      a.restart(trial, { fromAsker: null, attempt: newAttempt('a') }),
      b.restart(trial, { fromAsker: null, attempt: newAttempt('b') }),
    ]);
    expect(again.filter(Boolean)).toHaveLength(queued ? 1 : 0);
  }
});
