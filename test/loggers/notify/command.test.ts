import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureCommand } from '../../../src/loggers/notify/command.js';
import { until } from '../../support/until.js';
import { emptyReader, makeStage, studyInfo } from '../stage.js';
import { finished, started } from '../support.js';

async function open(...run: readonly string[]) {
  const { settings, context, reports, folder } = makeStage();
  const env = { PATH: process.env.PATH, MINE: 'kept' };
  const logger = configureCommand({
    ...settings,
    env,
    command: { enabled: true, run, on: ['failed', 'improved'] },
  })?.(context);
  if (!logger) throw new Error('expected a logger');
  await logger.open(studyInfo, emptyReader);
  return { logger, reports, folder };
}

const failed = (trial: number, reason = 'r') => finished(trial, { state: 'fail', values: null, reason });

test('runs a program without a shell, with the event on stdin and in its environment', async () => {
  const script =
    'printf "%s|" "$HPO_EVENT" "$HPO_STUDY" "$HPO_TRIAL" "$HPO_STATE" "$HPO_REASON" "$MINE" "$1" > out; cat > in';
  const { logger, reports, folder } = await open('sh', '-c', script, 'sh', '$HOME; echo "*"');
  logger.on(failed(3, '$(touch evaluated) `x`'));
  await logger.close(60_000);
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(
    'failed|study|3|fail|$(touch evaluated) `x`|kept|$HOME; echo "*"|',
  );
  const text = readFileSync(join(folder, 'in'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ event: 'failed', trial: 3, study: 'study' });
  expect(text.endsWith('}\n')).toBe(true);
  expect([existsSync(join(folder, 'evaluated')), reports]).toEqual([false, []]);
});

test('runs one after another, also where one reads nothing', async () => {
  const { logger, folder } = await open('sh', '-c', 'echo "$HPO_TRIAL" >> out');
  for (const trial of [0, 1, 2, 3]) logger.on(failed(trial, 'x'.repeat(200_000)));
  await logger.close(60_000);
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('0\n1\n2\n3\n');
});

test.each([
  [
    ['sh', '-c', 'echo first >&2; echo "it \u001b[31mfailed" >&2; exit 3'],
    /ended with 3 \(it \S+failed\); the sweep continues$/,
  ],
  [['sh', '-c', 'kill -9 $$'], /ended with SIGKILL; the sweep continues$/],
  [['no-such-program'], /the command no-such-program: spawn no-such-program ENOENT; the sweep continues$/],
  [['sh', '-c', 'sleep 1000 >&2 & exit 4'], /ended with 4; the sweep continues$/],
])('%j is one warning', async (run, warning) => {
  const { logger, reports } = await open(...run);
  for (const trial of [0, 1]) logger.on(failed(trial));
  await until(() => reports.length > 0);
  await logger.close(60_000);
  expect(reports).toEqual([expect.stringMatching(warning)]);
  expect(reports.join()).not.toContain('\u001b');
});

test('one that hangs holds nobody up, and is ended with its children at the end', async () => {
  const { logger, reports, folder } = await open('sh', '-c', 'sleep 1000 & echo $! > pid; wait');
  logger.on(started(0));
  logger.on(failed(0));
  logger.on(failed(1));
  const file = join(folder, 'pid');
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  await logger.close(10);
  expect(reports).toEqual([expect.stringMatching(/2 notifications were not delivered$/)]);
  const stat = `/proc/${readFileSync(file, 'utf8').trim()}/stat`;
  await until(() => !existsSync(stat) || / Z /.test(readFileSync(stat, 'utf8')));
});

test('where the system opens no more files, it is one warning, and the process goes on', () => {
  const script = `
    import { openSync } from 'node:fs';
    import { configureCommand } from './src/loggers/notify/command.ts';
    const command = { enabled: true, run: ['true'], on: ['failed'] };
    const messages = { send: (level, text) => console.log(level + ': ' + text) };
    const logger = configureCommand({ command, env: {}, cwd: '/' })({ messages, now: Date.now });
    const progress = { configurations: [] };
    await logger.open({ name: 's', spec: { objectives: [], repeats: 1, race: null }, progress });
    console.log('opened');
    try { for (;;) openSync('/dev/null'); } catch {}
    logger.on(${JSON.stringify(failed(0))});
    await logger.close(60_000);`;
  const { stdout, stderr, status } = spawnSync(
    'sh',
    [
      '-c',
      'ulimit -n 100; exec "$@"',
      'sh',
      process.execPath,
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      script,
    ],
    { encoding: 'utf8' },
  );
  expect(stdout).toMatch(/^opened\nwarning: the command true: spawn \w+ EMFILE; the sweep continues\n/);
  expect([stderr, status]).toEqual(['', 0]);
});
