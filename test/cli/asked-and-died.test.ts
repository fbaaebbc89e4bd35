import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createStudy, float, loadStudy } from '../../src/index.js';
import { closing } from '../library/support.js';
import { APART } from '../support/apart.js';
import { hpo, makeProject, makeSweep, trialsOf } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/asks.mjs', import.meta.url));
type Asked = { readonly number: number; readonly params: { readonly x: number } };

/** A program that has asked for a trial and is in the midst of it. */
async function asking(
  storage: string,
  study = '',
  under: readonly string[] = [],
): Promise<{ child: ChildProcess; asked: Asked }> {
  const [program = '', ...args] = [...under, process.execPath, PROGRAM, LIBRARY, storage, study];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, asked: JSON.parse(String(line)) as Asked };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

const open = (storage: string) =>
  closing(
    createStudy({
      name: 'asked',
      storage,
      direction: 'minimize',
      sampler: 'random',
      space: { x: float(0, 1) },
      loadIfExists: true,
    }),
  );

test('a trial whose asker died is handed out by the next ask, from its beginning; a living one keeps its own', async () => {
  const storage = `sqlite:${join(makeProject(), 'asked.db')}`;
  const [living, dying] = [await asking(storage), await asking(storage)];
  const study = await open(storage);
  expect((await study.ask()).number).toBe(2);
  await kill(dying.child);
  const again = await study.ask();
  expect([again.number, again.params]).toEqual([dying.asked.number, dying.asked.params]);
  expect((await study.trials())[1]?.metrics).toEqual({});
  await study.tell(again, 0.5);
  // Each is handed out once.
  expect((await study.ask()).number).toBe(3);
  await kill(living.child);
  expect((await Promise.all([study.ask(), study.ask()])).map(({ number }) => number).sort()).toEqual([0, 4]);
});

test('a trial whose asker died is run again by the next optimize, and counts in its total', async () => {
  const storage = `sqlite:${join(makeProject(), 'asked.db')}`;
  const { child, asked } = await asking(storage);
  const study = await open(storage);
  await study.optimize(({ params }) => params.x, { trials: 2 });
  expect((await study.trials()).map(({ state }) => state)).toEqual(['running', 'complete']);
  await kill(child);
  await study.optimize(({ params }) => params.x, { trials: 3 });
  const trials = await study.trials();
  expect(trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete']);
  expect(trials[0]).toMatchObject({ params: asked.params, values: [asked.params.x] });
});

test('hpo optimize runs it too, and leaves what hpo ask has handed out to whoever tells of it', async () => {
  const cwd = makeSweep({ sampler: 'random', parameters: { x: { min: 0, max: 1 } } });
  const storage = join(cwd, 'storage', 'hpo.db');
  const handed = JSON.parse(await hpo(cwd, 'ask', '--json')) as { trial: number };
  const { child } = await asking(storage, 's');
  await kill(child);
  await hpo(cwd, 'optimize', '--trials', '3');
  expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['RUNNING', 'COMPLETE', 'COMPLETE']);
  const study = await closing(loadStudy({ name: 's', storage }));
  expect((await study.ask()).number).toBe(3);
  await hpo(cwd, 'tell', String(handed.trial), '0.25');
  expect((await trialsOf(cwd))[0]).toMatchObject({ state: 'COMPLETE', values: [0.25] });
});

describeWithReal('namespaces', 'a program in another PID namespace', () => {
  test('keeps the trial that it asked for while it lives', async () => {
    const storage = `sqlite:${join(makeProject(), 'asked.db')}`;
    const { child } = await asking(storage, '', [...APART['in a PID namespace of its own'], '--kill-child']);
    const study = await open(storage);
    await study.optimize(({ params }) => params.x, { trials: 2 });
    expect((await study.ask()).number).toBe(2);
    expect((await study.trials()).map(({ state }) => state)).toEqual(['running', 'complete', 'running']);
    await kill(child);
    expect((await study.ask()).number).toBe(0);
  });
});
