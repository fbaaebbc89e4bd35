import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runBounded } from '../../../src/cli/init/run-bounded.js';
import { allPids, readEnviron } from '../../../src/liveness/proc.js';

/** Returns how many processes have this variable in their environment. */
function marked(mark: string): number {
  return allPids().filter((pid) => readEnviron(pid)?.includes(mark)).length;
}

test.skipIf(process.platform !== 'linux')(
  'a run ends with all its processes, those in a session of their own too',
  async () => {
    const mark = `HPO_TEST_MARK=${mkdtempSync(join(tmpdir(), 'hpo-test-'))}`;
    const env = { HPO_TEST_MARK: mark.slice(mark.indexOf('=') + 1) };
    const script = 'setsid sleep 600 & sleep 600 & echo started; [ "$1" = stay ] && wait';
    const late = await runBounded(['sh', '-c', script, 'sh', 'stay'], { limitMs: 1500, env });
    expect([late.end, late.output, marked(mark)]).toEqual(['late', 'started\n', 0]);
    const ended = await runBounded(['sh', '-c', `${script}; exit 3`, 'sh', 'leave'], {
      limitMs: 60_000,
      env,
    });
    expect([ended.end, ended.exitCode, ended.output, marked(mark)]).toEqual(['ended', 3, 'started\n', 0]);
  },
);

test('a run has no input, and a program that is nowhere is no crash', async () => {
  expect(await runBounded(['cat'], { limitMs: 60_000, env: {} })).toEqual({
    end: 'ended',
    exitCode: 0,
    output: '',
  });
  expect((await runBounded(['no-such-program-here'], { limitMs: 60_000, env: {} })).end).toBe('missing');
});
