import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plots } from '../../src/plots/registry.js';
import { makeSweep, runHere } from '../support/cli.js';

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

test('the help names every plot', async () => {
  const { stdout } = await runHere(['plot', '--help'], { cwd: makeSweep() });
  for (const { name } of plots) expect(stdout).toContain(name);
});
