import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ExampleCopy, ROOT } from './run-example.js';

const copies: ExampleCopy[] = [];
afterEach(() => {
  for (const copy of copies.splice(0)) copy.remove();
});

/** A copy of the example in a project that has hpo installed. */
function copyOf(name: string): ExampleCopy {
  const copy = new ExampleCopy(name);
  copies.push(copy);
  mkdirSync(join(copy.path, 'node_modules'));
  symlinkSync(ROOT, join(copy.path, 'node_modules', 'hpo'), 'dir');
  return copy;
}

function run(copy: ExampleCopy, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy.path, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('examples/library', () => {
  test('tune.mjs optimizes, resumes when it is run again, and is shown by the commands', () => {
    const copy = copyOf('library');
    const first = run(copy, ['tune.mjs', '8']).trim().split('\n');
    expect(first.filter((line) => /^trial \d+ (complete|pruned) [\d.]+$/.test(line))).toHaveLength(8);
    expect(first).toContainEqual(expect.stringMatching(/^the best is trial \d with [\d.]+ \{/));
    const again = run(copy, ['tune.mjs', '10']).split('\n');
    expect(again.filter((line) => line.startsWith('trial'))).toEqual([
      expect.stringMatching(/^trial 8 /),
      expect.stringMatching(/^trial 9 /),
    ]);
    const { output } = copy.hpo(['best', '--study', 'spiral', '--storage', 'sqlite:spiral.db', '--json']);
    expect(JSON.parse(output)[0].params).toMatchObject({
      rate: expect.any(Number),
      units: expect.any(Number),
    });
  });

  test('typed.mts finds a front', () => {
    const copy = copyOf('library');
    const tsx = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
    const lines = run(copy, [tsx, 'typed.mts']).trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^error [\d.]+ cost [1-6] rate [\d.e-]+ (sgd|adam)$/);
  });
});

describe('examples/custom-sampler', () => {
  test('climbs higher than chance does, and has no more than 20 lines', () => {
    const copy = copyOf('custom-sampler');
    const { output, exitCode } = copy.hpo(['optimize']);
    expect(output).toContain('climb.js: 40 trials');
    expect(output).toContain('40 complete');
    expect(exitCode).toBe(0);
    const heights = copy.rows().map(({ objective }) => Number(objective));
    expect(Math.max(...heights.slice(20))).toBeGreaterThan(3.9);
    const source = readFileSync(join(ROOT, 'examples', 'custom-sampler', 'cfg', 'climb.js'), 'utf8');
    expect(source.trim().split('\n').length).toBeLessThanOrEqual(20);
  });
});
