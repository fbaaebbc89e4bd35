import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fixedWaits, hooksAtLoad, placementOf, SLOWEST, testFiles } from './projects.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = (files: Readonly<Record<string, string>>) =>
  placementOf('test/a.test.ts', (path) => files[path]);

/** Path and text of files below test/. */
function filesOf(wanted: (path: string) => boolean): (readonly [path: string, text: string])[] {
  return readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && wanted(path))
    .map((path) => [`test/${path}`, readFileSync(`${root}/test/${path}`, 'utf8')] as const);
}

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

test('every project has tests, and those that start first exist', () => {
  const { pure, process, isolated } = testFiles(root);
  expect(pure).toContain('test/core/space.test.ts');
  expect(process).toContain('test/cli/signals.test.ts');
  expect(isolated).toContain('test/storage/network-open.test.ts');
  expect(SLOWEST.filter((path) => ![...pure, ...process, ...isolated].includes(path))).toEqual([]);
});

test('no helper registers hooks or settings while it loads', () => {
  expect(hooksAtLoad('a.ts', `const x = 1;\nafterEach(() => {});`)).toEqual([
    'a.ts:2: afterEach runs for one test file only; use onTestFinished',
  ]);
  const helpers = filesOf((path) => !path.endsWith('.test.ts'));
  expect(helpers.length).toBeGreaterThan(0);
  expect(helpers.flatMap(([path, text]) => hooksAtLoad(path, text))).toEqual([]);
});

test('tests wait for a condition, not for a fixed time', () => {
  expect(fixedWaits('a.ts', `f();\nawait sleep(100);`)).toEqual([
    'a.ts:2: sleep; use until, or pass where the test is about time',
  ]);
  const tests = filesOf((path) => path.endsWith('.test.ts'));
  expect(tests.flatMap(([path, text]) => fixedWaits(path, text))).toEqual([]);
});

test('a sweep file may name executors without starting one; src/config imports their names alone', () => {
  const files = {
    'test/a.test.ts': `import { load } from '../src/config/load.js';`,
    'src/config/load.ts': `import { executors } from '../executors/registry.js';`,
    'src/executors/registry.ts': `const load = () => import('./local/module.js');`,
    'src/executors/local/module.ts': `import { spawn } from 'node:child_process';`,
  };
  expect(place(files).project).toBe('pure');
  expect(place({ ...files, 'test/a.test.ts': `import '../src/executors/registry.js';` }).project).toBe(
    'process',
  );
  const imported = configSources().flatMap((text) => {
    const [, names = ''] =
      /import (?:type )?\{([^}]*)\} from '[./]*executors\/registry\.js'/.exec(text) ?? [];
    return names.split(',').map((name) => name.trim());
  });
  expect(new Set(imported.filter(Boolean))).toEqual(new Set(['executors', 'DEFAULT_EXECUTOR']));
});

test('src/config loads no executor that it names', () => {
  const naming = configSources().filter((text) => text.includes('executors/registry.js'));
  expect(naming.length).toBeGreaterThan(0);
  expect(naming.filter((text) => /\.load\(/.test(text))).toEqual([]);
});

function configSources(): string[] {
  return readdirSync(`${root}/src/config`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(`${root}/src/config/${path}`, 'utf8'));
}
