import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projectsOf, whyProcess } from './projects.js';

const why = (files: Readonly<Record<string, string>>) => whyProcess('test/a.test.ts', (path) => files[path]);

test('a test that loads nothing with a process is pure', () => {
  expect(
    why({
      'test/a.test.ts': `import { f } from '../src/f.js';\nimport type { P } from '../src/p.js';`,
      'src/f.ts': `import { readFileSync } from 'node:fs';`,
      'src/p.ts': `import { spawn } from 'node:child_process';`,
    }),
  ).toBe(null);
});

test('a test that can start a process says through which files', () => {
  expect(
    why({
      'test/a.test.ts': `import { helper } from './helper.js';`,
      'test/helper.ts': `const late = await import('../src/run.js');`,
      'src/run.ts': `import { spawn } from 'node:child_process';`,
    }),
  ).toBe('test/a.test.ts -> test/helper.ts -> src/run.ts -> node:child_process');
});

test('a test that replaces modules needs modules of its own', () => {
  expect(why({ 'test/a.test.ts': `vi.mock('node:fs');` })).toBe('test/a.test.ts replaces modules');
});

test('helpers that only find out what a machine has make no test impure', () => {
  expect(
    why({
      'test/a.test.ts': `import { describeWithReal } from './support/real-part.js';`,
      'test/support/real-part.ts': `import { spawnSync } from 'node:child_process';`,
    }),
  ).toBe(null);
});

test('both projects have tests, and each test has one project', () => {
  const { pure, process } = projectsOf(fileURLToPath(new URL('../..', import.meta.url)));
  expect(pure).toContain('test/core/space.test.ts');
  expect(process).toContain('test/cli/signals.test.ts');
  expect(pure.filter((path) => process.includes(path))).toEqual([]);
});
