import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { HpoError, HpoErrors, usageError } from '../../src/core/errors.js';

test('an error shows its place, its code, what was expected and how to mend it', () => {
  const error = new HpoError('config.unknown-key', 'expected one of a, b, got c', {
    fix: 'write a',
    place: { file: 'cfg/sweep.yaml', line: 14, column: 7 },
  });
  expect(error.format()).toBe(
    'cfg/sweep.yaml:14:7 error[config.unknown-key]: expected one of a, b, got c\n  fix: write a',
  );
  expect(error).toMatchObject({ name: 'HpoError', usage: false, message: 'expected one of a, b, got c' });
  expect(error).toBeInstanceOf(Error);
});

test('what is not known of the place or the fix is left away', () => {
  const format = (place?: { file: string; line?: number; column?: number }) =>
    new HpoError('a.b', 'm', place ? { place } : {}).format();
  expect(format()).toBe('error[a.b]: m');
  expect(format({ file: 'f' })).toBe('f error[a.b]: m');
  expect(format({ file: 'f', line: 3 })).toBe('f:3 error[a.b]: m');
  expect(format({ file: 'f', column: 9 })).toBe('f error[a.b]: m');
});

test('an error that nobody catches prints what it knows, and nothing that is undefined', () => {
  const shown = (error: HpoError) => inspect(error).replace(/(\n +at [^{\n]*)+/, ' ');
  expect(shown(usageError('a.b', 'm'))).toBe("HpoError: m {\n  code: 'a.b'\n}");
  expect(shown(usageError('a.b', 'm', { fix: 'x' }))).toBe("HpoError: m {\n  code: 'a.b',\n  fix: 'x'\n}");
});

test('a usage error is one, and keeps its cause', () => {
  const cause = new Error('EACCES');
  const error = usageError('csv.not-writable', 'expected to write a, got EACCES', { cause });
  expect(error).toMatchObject({ usage: true, cause });
  expect('cause' in usageError('a.b', 'm')).toBe(false);
});

test('several mistakes are shown together', () => {
  const errors = new HpoErrors([usageError('a.b', 'one', { fix: 'x' }), usageError('c.d', 'two')]);
  expect(errors.format()).toBe('error[a.b]: one\n  fix: x\nerror[c.d]: two');
  expect(errors).toMatchObject({ code: 'a.b', usage: true });
  expect(errors).toBeInstanceOf(HpoError);
});
