import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyMutation, ROOT, readMutations } from './patches.js';

// Whether the named test fails is found out by `npm run torture:mutations`, which takes minutes.
describe.each(readMutations().map((mutation) => [mutation.name, mutation] as const))('%s', (_, mutation) => {
  test('applies to the sources as they are', () => {
    expect(() => applyMutation(mutation, ROOT, true)).not.toThrow();
  });

  test('names a test that exists', () => {
    const file = join(ROOT, mutation.testFile);
    expect(existsSync(file)).toBe(true);
    // A name of `test.each` has its values filled in: its literal part stands after the last placeholder.
    const literal = mutation.testName.split(/SIG[A-Z]+/).at(-1) ?? '';
    expect(readFileSync(file, 'utf8')).toContain(literal);
  });
});
