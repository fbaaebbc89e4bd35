import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createStudy, float, loadStudy } from '../../src/index.js';
import { closing, history } from '../library/support.js';
import { hpo, makeProject, makeSweep, runHere, runHpo, trialsOf } from '../support/cli.js';
import { describeWithReal, findOptunaPython } from '../support/real-part.js';

const LIBRARY = pathToFileURL(fileURLToPath(new URL('../../dist/index.js', import.meta.url))).href;
const PROGRAM = fileURLToPath(new URL('../fixtures/library/branching.mjs', import.meta.url));

const storageOf = (cwd: string) => `sqlite:${join(cwd, 'storage', 'hpo.db')}`;
const argsOf = (cwd: string, trials: number, hang = -1) => [
  PROGRAM,
  LIBRARY,
  storageOf(cwd),
  String(trials),
  String(hang),
];

function runProgram(cwd: string, trials: number): void {
  const { status, stderr } = spawnSync(process.execPath, argsOf(cwd, trials), { cwd, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}

/** Kills the program (kill -9) in the midst of this trial. */
async function killIn(trial: number, cwd: string, trials: number): Promise<void> {
  const child = spawn(process.execPath, argsOf(cwd, trials, trial), {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes(`start ${trial}\n`)) child.kill('SIGKILL');
  });
  expect(await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)))).toBe('SIGKILL');
}

describe('a study that a program made', () => {
  test('is shown by the commands, with a column for each parameter that its trials have named', async () => {
    const cwd = makeProject();
    runProgram(cwd, 12);
    const study = await closing(loadStudy({ name: 'branching', storage: storageOf(cwd) }));
    const best = await study.best();
    expect(JSON.parse(await hpo(cwd, 'best', '--top', '1', '--json'))).toMatchObject([
      { value: best?.value, params: best?.params, trials: best?.trials },
    ]);
    const shown = await trialsOf(cwd);
    expect(shown.map(({ params }) => params)).toEqual((await study.trials()).map(({ params }) => params));
    await hpo(cwd, 'export-csv', '--out', 'runs.csv');
    const [header, ...rows] = readFileSync(join(cwd, 'runs.csv'), 'utf8').trim().split('\r\n');
    expect(header).toContain(',x,kind,layers,');
    expect(header).toContain('weight');
    expect(rows).toHaveLength(12);
    expect(await hpo(cwd, 'study', 'show', 'branching')).toContain('defineByRun: true');
  });

  test('is not asked by hand where only its objective knows the parameters', async () => {
    const cwd = makeProject();
    runProgram(cwd, 2);
    const { code, stderr } = await runHere(['ask', '--study', 'branching'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[ask.define-by-run]')]);
    expect(await trialsOf(cwd)).toHaveLength(2);
  });

  test('resumes after kill -9 as if nothing had happened', async () => {
    const whole = makeProject();
    runProgram(whole, 12);
    const cwd = makeProject();
    await killIn(3, cwd, 12);
    await killIn(8, cwd, 12);
    // What it was doing is told of as what it is: a trial that runs, of a program that is gone.
    expect((await trialsOf(cwd)).at(-1)?.state).toBe('RUNNING');
    runProgram(cwd, 12);
    const [before, after] = await Promise.all(
      [whole, cwd].map(async (folder) =>
        history(await closing(loadStudy({ name: 'branching', storage: storageOf(folder) }))),
      ),
    );
    expect(after).toEqual(before);
  });

  test('a trial that is a function is not stopped from outside', async () => {
    const cwd = makeProject();
    const study = await closing(
      createStudy({
        name: 's',
        storage: storageOf(cwd),
        direction: 'minimize',
        sampler: 'random',
        space: { x: float(0, 1) },
      }),
    );
    const refused: unknown[] = [];
    await study.optimize(
      async () => {
        const { code, stderr } = await runHpo(['stop', '0', '--study', 's'], { cwd });
        refused.push(code, stderr);
        return 1;
      },
      { trials: 1 },
    );
    expect(refused).toEqual([2, expect.stringContaining('error[trial.not-ours]')]);
    expect((await study.trials())[0]).toMatchObject({ state: 'complete', values: [1] });
  });
});

describeWithReal('optuna', 'a study whose objective names its parameters', () => {
  test('is opened by Optuna: the parameters of each trial, and its best', { timeout: 60_000 }, async () => {
    const cwd = makeProject();
    runProgram(cwd, 12);
    const script = `
import json, optuna
study = optuna.load_study(study_name="branching", storage="sqlite:///storage/hpo.db")
print(json.dumps([[t.params, t.value] for t in study.trials] + [study.best_params]))`;
    const read = spawnSync(findOptunaPython() as string, ['-c', script], { cwd, encoding: 'utf8' });
    const study = await closing(loadStudy({ name: 'branching', storage: storageOf(cwd) }));
    const ours = (await study.trials()).map(({ params, values }) => [params, values?.[0]]);
    expect(JSON.parse(read.stdout)).toEqual([...ours, (await study.best())?.params]);
  });
});

describe('a study that hpo made', () => {
  test('is continued by a program: its configurations, its objective, its seeds', async () => {
    const cwd = makeSweep({ repeats: 2, seeds: [7, 8] });
    await hpo(cwd, 'optimize', '--trials', '2');
    const study = await closing(loadStudy({ name: 's', storage: storageOf(cwd) }));
    const seeds: number[] = [];
    const result = await study.optimize((trial) => {
      seeds.push(trial.seed);
      return Number(trial.params.x);
    });
    expect(result.end).toBe('exhausted');
    expect(seeds).toEqual([7, 8, 7, 8]);
    expect((await study.trials()).map(({ params, values }) => values?.[0] === params.x)).toEqual(
      Array(6).fill(true),
    );
    // And back: the same command finds nothing left to do.
    expect(await hpo(cwd, 'optimize')).toContain('nothing was left to run');
  });

  test('keeps trainers that run: a function cannot reattach a process', async () => {
    const cwd = makeSweep({ trainer: 'steady.sh', max_concurrent: 1 });
    const { RunningHpo } = await import('../support/cli.js');
    const sweep = new RunningHpo(['optimize'], { cwd });
    await sweep.says(/trial 0/);
    sweep.child.kill('SIGKILL');
    await sweep.ended;
    const study = await closing(loadStudy({ name: 's', storage: storageOf(cwd) }));
    await study.optimize(() => 5, { trials: 3 });
    const states = (await study.trials()).map(({ state }) => state);
    expect(states).toEqual(['running', 'complete', 'complete']);
  });
});
