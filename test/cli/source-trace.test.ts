import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sourceTrace } from '../../src/cli/source-trace.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('the trace of an error names lines of src, in which the named functions are called', () => {
  const program = `
    const { createStudy } = await import('./dist/index.js');
    await createStudy({ direction: 'sideways', space: {} }).catch(({ stack }) => console.log(stack));
  `;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(stdout).toContain('/dist/chunks/');
  const trace = sourceTrace(stdout);
  expect(trace).not.toContain('/dist/');
  const places = [...trace.matchAll(/(src\/[\w/-]+\.ts):(\d+):\d+/g)];
  expect(places[0]?.[1]).toBe('src/core/errors.ts');
  expect(places.length).toBeGreaterThan(2);
  for (const [, file = '', line] of places) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    const text = readFileSync(join(ROOT, file), 'utf8').split('\n')[Number(line) - 1];
    expect(text).toMatch(/\w\(/);
  }
});

test('a trace without source maps stays as it is', () => {
  const trace = 'Error: no\n    at f (file:///nowhere/dist/chunks/a.js:1:2)\n    at node:internal/x:3:4';
  expect(sourceTrace(trace)).toBe(trace);
});
