import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { untilBegun } from '../../../src/executors/batch/begun.js';
import { tempDir } from '../local/harness.js';

it('a job that is over before it begins is waited for no longer', async () => {
  const dir = join(tempDir(), 'attempt');
  mkdirSync(dir);
  let looks = 0;
  expect(await untilBegun(dir, () => ++looks > 2)).toBeNull();
  writeFileSync(join(dir, 'pid'), '7\n');
  expect(await untilBegun(dir, () => false)).toEqual(expect.any(Number));
});
