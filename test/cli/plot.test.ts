import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { plots } from '../../src/plots/registry.js';
import { makeSweep, runHere } from '../support/cli.js';
import { hpoInProcess } from '../support/in-process.js';
import { makeShownStudy } from '../support/shown-study.js';

test('hpo plot draws in the terminal, to a file and as data, and says what it does not know', async () => {
  const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] } });
  const run = (...args: string[]) =>
    runHere(['plot', ...args], { cwd, env: { LC_ALL: 'C.UTF-8', COLUMNS: '60' } });
  expect((await runHere(['optimize'], { cwd })).code).toBe(0);

  const { code, stdout } = await run('history');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^History of loss\n/);
  expect(stdout).toContain('━');
  expect(stdout).not.toMatch(/\u001b/);

  expect((await run('curves', '--out', 'curves.svg')).stdout).toBe('wrote curves.svg\n');
  expect(readFileSync(join(cwd, 'curves.svg'), 'utf8')).toMatch(/^<svg .*Learning curves of loss/);

  expect((await run('curves', '--out', 'curves.PNG')).stdout).toBe('wrote curves.PNG\n');
  expect(readFileSync(join(cwd, 'curves.PNG')).subarray(0, 8)).toEqual(
    Buffer.from('89504e470d0a1a0a', 'hex'),
  );

  const { kind, panels } = JSON.parse((await run('slice', '--json')).stdout);
  expect({ kind, axis: panels[0].x.label }).toEqual({ kind: 'slice', axis: 'x' });

  const misspelled = await run('paralel');
  expect(misspelled.code).toBe(2);
  expect(misspelled.stderr).toContain('did you mean parallel?');
  const metric = await run('history', '--metric', 'lss');
  expect(metric.code).toBe(2);
  expect(metric.stderr).toContain('did you mean loss?');
  const pareto = await run('pareto');
  expect(pareto.code).toBe(2);
  expect(pareto.stderr).toContain('error[plot.objectives]');
});

test('a study without a finished trial says so, in ASCII where the locale has no more', async () => {
  const cwd = makeSweep();
  expect((await runHere(['study', 'create'], { cwd })).code).toBe(0);
  const { code, stdout } = await runHere(['plot', 'history'], { cwd, env: { LC_ALL: 'C' } });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'History of loss\nno complete trial yet\n' });
});

test('contour takes two parameters by name, no other plot does, and each must exist', async () => {
  const study = await makeShownStudy();
  onTestFinished(study.remove);
  const plot = (...args: readonly string[]) =>
    hpoInProcess('plot', ...args, '--storage', study.url, '--study', 'shown');
  expect((await plot('contour', '--params', 'momentum,lr')).stdout).toMatch(/^loss over momentum and lr\n/);
  expect((await plot('timeline')).stdout).toMatch(/^Timeline of the trials\n.*complete: \d+/);
  const params = (kind: string, names: string) => plot(kind, '--params', names);
  expect(await params('contour', 'lr,momentun')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean momentum?'),
  });
  for (const names of ['lr', 'lr,lr', 'lr,opt,momentum', ','])
    expect((await params('contour', names)).code).toBe(2);
  expect((await params('slice', 'lr,opt')).stderr).toContain('error[plot.params]');
});

test('the help names every plot', async () => {
  const { stdout } = await runHere(['plot', '--help'], { cwd: makeSweep() });
  for (const { name } of plots) expect(stdout).toContain(name);
});
