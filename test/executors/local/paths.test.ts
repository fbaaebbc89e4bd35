import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptFiles,
  newAttemptDir,
  safeSegment,
  trialDir,
  trialLogFile,
} from '../../../src/executors/local/paths.js';

describe('safeSegment', () => {
  it.each(['mnist', 'mnist-2.1_b', 'A'])('keeps the plain name %j', (name) => {
    expect(safeSegment(name)).toBe(name);
  });

  it('keeps different names apart that look alike once made safe', () => {
    const names = [
      'a/b',
      'a\\b',
      'a b',
      'a_b',
      '../b',
      '.',
      '..',
      '',
      '...',
      'é',
      'x'.repeat(101),
      'x'.repeat(102),
    ];
    expect(new Set(names.map(safeSegment)).size).toBe(names.length);
  });

  it('is one visible segment for any name', () => {
    const hostile = fc
      .array(fc.constantFrom('.', '..', '/', '\\', '\0', '\n', 'a', ' ', '~', '-'))
      .map((p) => p.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostile), (name) => {
        expect(safeSegment(name)).toMatch(/^(?!\.)[A-Za-z0-9._-]{1,100}$/);
      }),
    );
  });
});

it('lays a trial out under its study', () => {
  expect(trialLogFile('/o/s', 12)).toBe('/o/s/trial-00012.log');
  expect(trialDir('/o/s', 1234567)).toBe('/o/s/trial-1234567');
  const dir = newAttemptDir('/o/s', 12, 3);
  expect(dir).toMatch(/^\/o\/s\/\.attempts\/00012-3-[0-9a-f]{8}$/);
  expect(newAttemptDir('/o/s', 12, 3)).not.toBe(dir);
  expect(attemptFiles(dir, 12)).toEqual({
    dir,
    log: `${dir}/log`,
    logLink: trialLogFile('/o/s', 12),
    trialDir: trialDir('/o/s', 12),
    checkpointDir: '/o/s/trial-00012.checkpoint',
  });
});

it.each(['', '/etc', '/o/s/00012-3-ab', '/o/.attempts/..', '/o/.attempts/12-3-ab/../..'])(
  'takes %j for no folder of an attempt',
  (dir) => {
    expect(() => attemptFiles(dir, 12)).toThrow(
      expect.objectContaining({ code: 'executor.bad-attempt-dir' }),
    );
  },
);
