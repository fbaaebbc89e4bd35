import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'doctor.md'), 'utf8');

/** Headings and names of checks, in their order; GPUs are what a machine happens to have. */
function shapeOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const name = /^[a-z]+$/.exec(line)?.[0] ?? /^ {2}(?:ok|info|warn|FAIL) +(\S+) /.exec(line)?.[1];
    return name === undefined || name.startsWith('gpu.') ? [] : [name];
  });
}

test('the example of docs/doctor.md is what hpo doctor says, but for the machine', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'hpo-doctor-doc-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  const { stdout } = spawnSync(process.execPath, [main, 'doctor'], { cwd, encoding: 'utf8' });
  const example =
    /<!-- doctor:begin .*?-->\n\n```text\n(.*?)\n```\n\n<!-- doctor:end -->/s.exec(page)?.[1] ?? '';
  expect(shapeOf(stdout).length).toBeGreaterThan(20);
  expect(shapeOf(example)).toEqual(shapeOf(stdout));
  expect(example.split('\n').at(-1)).toBe('hpo can work here');
});
