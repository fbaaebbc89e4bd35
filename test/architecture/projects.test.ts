import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hooksAtLoad, placementOf, testFiles } from './projects.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = (files: Readonly<Record<string, string>>) =>
  placementOf('test/a.test.ts', (path) => files[path]);

test('a test that starts nothing is pure, whatever the types that it names could start', () => {
  expect(
    place({
      'test/a.test.ts': `import { f } from '../src/f.js';\nimport type { P } from '../src/p.js';`,
      'src/f.ts': `import { readFileSync } from 'node:fs';`,
      'src/p.ts': `import { spawn } from 'node:child_process';`,
    }).project,
  ).toBe('pure');
});

test('a test that can start a process says through which files', () => {
  expect(
    place({
      'test/a.test.ts': `import { helper } from './helper.js';`,
      'test/helper.ts': `const late = await import('../src/run.js');`,
      'src/run.ts': `import { spawn } from 'node:child_process';`,
    }),
  ).toEqual({
    project: 'process',
    reason: 'test/a.test.ts -> test/helper.ts -> src/run.ts -> node:child_process',
  });
});

test('a test that replaces modules is isolated', () => {
  expect(place({ 'test/a.test.ts': `vi.mock('node:fs');` }).project).toBe('isolated');
  expect(place({ 'test/a.test.ts': `// vi.mock('node:fs');` }).project).toBe('pure');
});

test('a test that loads TensorFlow.js is isolated, even if it also starts processes', () => {
  const text = `import { spawn } from 'node:child_process';\nimport '@tensorflow/tfjs-core';`;
  expect(place({ 'test/a.test.ts': text }).project).toBe('isolated');
});

test('helpers that only find out what a machine has leave a test pure', () => {
  expect(
    place({
      'test/a.test.ts': `import { describeWithReal } from './support/real-part.js';`,
      'test/support/real-part.ts': `import { spawnSync } from 'node:child_process';`,
    }).project,
  ).toBe('pure');
});

test('every project has tests', () => {
  const { pure, process, isolated } = testFiles(root);
  expect(pure).toContain('test/core/space.test.ts');
  expect(process).toContain('test/cli/signals.test.ts');
  expect(isolated).toContain('test/storage/network-open.test.ts');
});

test('no helper registers hooks or settings while it loads', () => {
  expect(hooksAtLoad('a.ts', `const x = 1;\nafterEach(() => {});`)).toEqual([
    'a.ts:2: afterEach runs for one test file only; use onTestFinished',
  ]);
  const helpers = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => `test/${path}`);
  expect(helpers.length).toBeGreaterThan(0);
  expect(helpers.flatMap((path) => hooksAtLoad(path, readFileSync(`${root}/${path}`, 'utf8')))).toEqual([]);
});
