import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere, spawnHpo, until, writeFiles } from '../../support/cli.js';

test('hpo logs prints what a trial wrote byte for byte, and follows it into its next attempt', async () => {
  // The first attempt fails; the second one waits for a file and then writes more.
  const script =
    'printf "\\033[31mattempt\\r\\377\\n"; if [ -e second ]; then while [ ! -e go ]; do sleep 0.1; done; echo METRIC loss=1; else touch second; exit 3; fi';
  const cwd = makeSweep({
    trainer: { command: ['sh', '-c', script] },
    parameters: { x: [1] },
    retries: 1,
    max_concurrent: 1,
  });
  const sweep = spawnHpo(['optimize'], { cwd });
  await sweep.says(/queued again/);
  const following = spawnHpo(['logs', '0', '-f', '--attempt', '2'], { cwd });
  const all = spawnHpo(['logs', '0', '-f'], { cwd });
  await until(() => all.stdout.includes('attempt'));
  writeFiles(cwd, { go: '' });
  expect((await sweep.ended).code).toBe(0);
  expect((await all.ended).stdout).toContain('METRIC loss=1');
  const { code } = await following.ended;
  // It may have come before the second attempt, which is then no attempt yet.
  expect([0, 2]).toContain(code);
  expect(await hpo(cwd, 'logs', '0', '--attempt', '1')).toBe('\u001b[31mattempt\r\ufffd\n');
  expect(JSON.parse(await hpo(cwd, 'logs', '0', '--attempt', '1', '--json'))).toMatchObject({
    attempt: 1,
    bytes: 15,
    cut: false,
    text: '\ufffdttempt\n',
  });
  const missing = await runHere(['logs', '0', '--attempt', '3'], { cwd });
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toContain('error[logs.no-attempt]');
  // The command that hpo shows runs the trial again.
  const shown = JSON.parse(await hpo(cwd, 'show', '0', '--json'));
  expect(shown).toMatchObject({
    attempts: [{ exitCode: 3 }, { exitCode: 0 }],
    command: expect.stringMatching(/^HPO_SEED=\d+ HPO_PARAMS='\{"x":1\}' HPO_CONFIG=\S+ sh -c /),
    folder: expect.stringContaining('outputs/s/trial-00000'),
  });
});
