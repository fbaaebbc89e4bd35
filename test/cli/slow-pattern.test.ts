import { expect, test } from 'vitest';
import { makeProject, runHpo, spawnHpo, sweepFile, trialsOf } from '../support/cli.js';

const sweep = (script: string, pattern: string) =>
  makeProject({
    'cfg/sweep.yaml': sweepFile({
      trainer: { command: [process.execPath, '-e', script] },
      metrics: { format: 'regex', pattern },
      max_concurrent: 1,
      parameters: { x: [1] },
    }),
  });

const PATTERNS = [
  '.*a.*b.*c.*d(?<loss>z)',
  '(((\\w{0,9}){0,9}){0,9}){0,9}(?<loss>z)',
  '(?<loss>\\w*)\\w*\\w*\\1z',
];

test.each(PATTERNS)(
  'a sweep whose pattern would take for ever on its lines ends, and says why: %s',
  async (pattern) => {
    const cwd = sweep(
      `for (let k = 0; k < 50; k++) console.log('abcd'.repeat(500)); setInterval(() => {}, 1000)`,
      pattern,
    );
    const { code, stdout } = await runHpo(['optimize'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('malformed METRIC line: the pattern');
    const [first] = await trialsOf(cwd);
    expect(first).toMatchObject({
      state: 'FAIL',
      reason: expect.stringContaining('10 lines on each of which metrics.pattern takes too long'),
    });
  },
);

test('Ctrl-C is answered while a pattern takes its time', async () => {
  const script = `setInterval(() => console.log('abcd'.repeat(500)), 1500)`;
  const hpo = spawnHpo(['optimize'], { cwd: sweep(script, PATTERNS[0] ?? '') });
  await hpo.says(/the pattern takes more than/);
  hpo.kill('SIGINT');
  await hpo.says(/no new trials/);
  hpo.kill('SIGINT');
  expect((await hpo.ended).code).toBe(130);
});
