import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { describeWithReal, findPython } from '../support/real-part.js';
import { ExampleCopy, ROOT } from './run-example.js';

const copies: ExampleCopy[] = [];
afterEach(() => {
  for (const copy of copies.splice(0)) copy.remove();
});

/** Runs the example with the line of its sweep file that has this program in place of Python's. */
function expectRuns(file: string, program: string, before: (folder: string) => void = () => {}): void {
  const copy = new ExampleCopy('smallest');
  copies.push(copy);
  before(copy.path);
  const sweep = join(copy.path, 'cfg', 'sweep.yaml');
  const lines = readFileSync(sweep, 'utf8').split('\n');
  const own = lines.find((line) => line.includes(`command: [${program}`));
  expect(own).toBeDefined();
  const others = lines.filter((line) => !line.includes('command: ['));
  others.splice(others.indexOf('trainer:') + 1, 0, own!.replace('# ', ''));
  writeFileSync(sweep, others.join('\n'));
  const { exitCode, output } = copy.hpo(['optimize'], findPython() ?? '');
  expect(output).toContain('study smallest is finished: 2 complete');
  expect(exitCode).toBe(0);
  for (const { rate, objective, epochs } of copy.rows()) {
    expect(epochs).toBe('5');
    // Each step multiplies x by 1 - 2 rate; awk keeps six digits.
    expect(Number(objective)).toBeCloseTo((1 - 2 * Number(rate)) ** 10, 5);
  }
  expect(
    readFileSync(join(ROOT, 'examples', 'smallest', file), 'utf8')
      .trimEnd()
      .split('\n').length,
  ).toBeLessThan(15);
}

describe('examples/smallest', () => {
  test('Bash', () => expectRuns('train.sh', 'bash'));
  test('Node', () => expectRuns('train.mjs', 'node'));
  test('C', () =>
    expectRuns('train.c', './train', (cwd) => {
      const { status, stderr } = spawnSync('cc', ['-Wall', '-o', 'train', 'train.c'], {
        cwd,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }));
});

describeWithReal('python', 'examples/smallest in Python', () => {
  test('runs', () => expectRuns('train.py', 'python3'));
});

describeWithReal('r', 'examples/smallest in R', () => {
  test('runs', () => expectRuns('train.R', 'Rscript'));
});
