import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep, readCsv, runHere, spawnHpo, sweepFile, until, writeFiles } from '../support/cli.js';

const csvOf = (cwd: string, file = 'cfg/runs.csv') => readFileSync(join(cwd, file), 'utf8');

test('runs.csv and export-csv are the same bytes; columns, forced parameters, metrics and reasons', async () => {
  const cwd = makeSweep({
    trainer: 'mixed.sh',
    max_concurrent: 1,
    parameters: { x: [1, 3], loss: ['a,"b"'], m: [0, 1] },
    constraints: [{ when: { x: 1 }, set: { m: 0.5 } }],
  });
  await hpo(cwd, 'optimize');
  const bytes = csvOf(cwd);
  expect(bytes.split('\r\n')[0]).toBe(
    'study,trial,configuration,attempt,state,seed,device,objective,x,param.loss,m,acc,' +
      'metric.loss,epochs,duration_s,started_at,finished_at,exit_code,reason',
  );
  const [done, failed] = readCsv(join(cwd, 'cfg/runs.csv'));
  expect(done).toMatchObject({
    study: 's',
    trial: '0',
    configuration: '0',
    attempt: '1',
    state: 'COMPLETE',
    device: 'cpu',
    objective: '1.5',
    x: '1',
    'param.loss': 'a,"b"',
    m: '0.5',
    acc: '0.5',
    'metric.loss': '1.5',
    epochs: '3',
    exit_code: '0',
    reason: '',
  });
  expect(done?.started_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(done?.duration_s).toMatch(/^\d+\.\d{3}$/);
  expect(failed).toMatchObject({
    state: 'FAIL',
    objective: '',
    'metric.loss': '0.5',
    exit_code: '4',
    reason: 'exit code 4',
  });
  expect(await hpo(cwd, 'export-csv', '--out', 'deep/again.csv')).toContain('wrote deep/again.csv');
  expect(csvOf(cwd, 'deep/again.csv')).toBe(bytes);
  await hpo(cwd, 'optimize');
  expect(csvOf(cwd)).toBe(bytes);
  expect(readdirSync(join(cwd, 'cfg')).sort()).toEqual(['runs.csv', 'sweep.yaml']);
});

test('--csv, logging.local.csv and logging.local.metrics choose place and columns', async () => {
  const local = { metrics: ['loss', 'lr'], csv: 'tables/all.csv' };
  const cwd = makeSweep({ parameters: { x: [1] }, logging: { local } });
  await hpo(cwd, 'optimize');
  expect(csvOf(cwd, 'tables/all.csv').split('\r\n')[0]).toContain(',x,loss,lr,epochs,');
  await hpo(cwd, 'optimize', '--csv', 'here.csv');
  expect(csvOf(cwd, 'here.csv')).toBe(csvOf(cwd, 'tables/all.csv'));
  expect(existsSync(join(cwd, 'cfg/runs.csv'))).toBe(false);
});

test('a table of another study in the way is kept under its name', async () => {
  const cwd = makeSweep({ parameters: { x: [1] } });
  await hpo(cwd, 'optimize');
  const old = csvOf(cwd);
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ study: 'next', parameters: { x: [2] } }) });
  expect(await hpo(cwd, 'optimize')).toMatch(/the table of the study before is now \S*runs\.s\.csv\n/);
  expect(csvOf(cwd, 'cfg/runs.s.csv')).toBe(old);
  expect(readCsv(join(cwd, 'cfg/runs.csv')).map(({ study }) => study)).toEqual(['next']);
});

test('runs.csv follows a running sweep, and is whole after a kill -9 and another call', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh', max_concurrent: 1, parameters: { x: [1, 2] } });
  const first = spawnHpo(['optimize'], { cwd });
  const file = join(cwd, 'cfg/runs.csv');
  await until(() => existsSync(file));
  expect(readCsv(file)).toMatchObject([{ trial: '0', state: 'RUNNING', objective: '', finished_at: '' }]);
  first.kill('SIGKILL');
  await first.ended;
  writeFiles(cwd, { go: '', 'cfg/runs.csv.dead.tmp': 'half a' });
  await hpo(cwd, 'optimize');
  expect(
    readCsv(file).map(({ trial, attempt, state, objective }) => [trial, attempt, state, objective]),
  ).toEqual([
    ['0', '1', 'COMPLETE', '1'],
    ['1', '1', 'COMPLETE', '2'],
  ]);
  await hpo(cwd, 'export-csv', '--out', 'again.csv');
  expect(csvOf(cwd, 'again.csv')).toBe(csvOf(cwd));
});

test('logging.local.csv_safe and export-csv --escape-formulas make text of formulas, and of nothing else', async () => {
  const cwd = makeSweep({
    max_concurrent: 1,
    parameters: { x: [-1, 1], note: ['=HYPERLINK("http://x")'] },
    logging: { local: { csv_safe: true } },
  });
  await hpo(cwd, 'optimize');
  expect(readCsv(join(cwd, 'cfg/runs.csv')).map(({ x, note, objective }) => [x, note, objective])).toEqual([
    ['-1', `'=HYPERLINK("http://x")`, '-1'],
    ['1', `'=HYPERLINK("http://x")`, '1'],
  ]);
  await hpo(cwd, 'export-csv', '--escape-formulas', '--out', 'safe.csv');
  expect(csvOf(cwd, 'safe.csv')).toBe(csvOf(cwd));
  await hpo(cwd, 'export-csv', '--out', 'plain.csv');
  expect(readCsv(join(cwd, 'plain.csv'))[0]?.note).toBe('=HYPERLINK("http://x")');
});

test('export-csv --out - writes the same bytes to stdout and nothing else, and makes no file', async () => {
  const cwd = makeSweep();
  await hpo(cwd, 'optimize');
  expect(await hpo(cwd, 'export-csv', '--out', '-')).toBe(csvOf(cwd));
  expect(existsSync(join(cwd, '-'))).toBe(false);
  const { code, stderr } = await runHere(['export-csv', '--out', '-', '--json'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('error[export-csv.two-outputs]');
});
