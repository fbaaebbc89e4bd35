import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandSchema, NOTIFIED, webhookSchema } from '../../src/config/logging-schema.js';
import { NOTIFICATION_PLACEHOLDERS } from '../../src/config/notify.js';
import { ROOT } from '../examples/run-example.js';
import { Receiver } from '../loggers/notify/receiver.js';
import { makeProject, makeSweep, runHere, tree } from '../support/cli.js';

const page = readFileSync(join(ROOT, 'docs', 'notifications.md'), 'utf8');
// One trial after another: the better one may end first.
const [webhook = '', command = ''] = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(
  ([, text]) => `max_concurrent: 1\n${text}`,
);
const TRAINER = 'for a in "$@"; do echo "METRIC loss=${a#rate=}"; done';

test('docs/notifications.md names every key, event and placeholder', () => {
  for (const name of [...Object.keys(webhookSchema.shape), ...Object.keys(commandSchema.shape), ...NOTIFIED])
    expect(page).toContain(`\`${name}\``);
  for (const name of NOTIFICATION_PLACEHOLDERS) expect(page).toContain(`\`\${${name}}\``);
});

test('the examples of docs/notifications.md: a chat is notified, and a program runs', async () => {
  const chat = await Receiver.start();
  const env = { CHAT_WEBHOOK: `${chat.url}/hooks/s3cret-of-the-chat` };
  const first = makeProject({ 'cfg/sweep.yaml': webhook, 'train.sh': TRAINER });
  const ran = await runHere(['optimize'], { cwd: first, env });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(chat.notifications).toEqual([
    { text: 'digits: trial 0 improved loss to 0.1: rate=0.1' },
    { text: 'digits: trial 1 improved loss to 0.01: rate=0.01' },
    { text: 'digits: sweep ended (exhausted): 2 complete, 0 pruned, 0 failed; best loss=0.01 (trial 1)' },
  ]);
  expect(JSON.stringify([ran, tree(first)])).not.toContain('s3cret');
  const second = makeProject({ 'cfg/sweep.yaml': command, 'train.sh': TRAINER });
  expect((await runHere(['optimize'], { cwd: second })).code).toBe(0);
  expect(readFileSync(join(second, 'notified.txt'), 'utf8').split('\n')).toEqual([
    'improved: digits: trial 0 improved loss to 0.1: rate=0.1',
    'improved: digits: trial 1 improved loss to 0.01: rate=0.01',
    'finished: digits: sweep ended (exhausted): 2 complete, 0 pruned, 0 failed; best loss=0.01 (trial 1)',
    '',
  ]);
});

test('a trial that fails after its retries is one failure; what hooks answer changes no exit code', async () => {
  const server = await Receiver.start();
  server.fault = () => ({ kind: 'status-late', status: 410 });
  const cwd = makeSweep({
    trainer: 'crash.sh',
    retries: 1,
    parameters: { x: [1] },
    logging: { webhook: { url: server.url }, command: { run: ['no-such-program'] } },
  });
  const without = makeSweep({ trainer: 'crash.sh', retries: 1, parameters: { x: [1] } });
  const [ran, plain] = [await runHere(['optimize'], { cwd }), await runHere(['optimize'], { cwd: without })];
  expect(ran.code).toBe(plain.code);
  expect(server.notifications.map(({ event, trial, state }) => [event, trial, state])).toEqual([
    ['failed', 0, 'fail'],
    ['finished', null, null],
  ]);
  expect(ran.stdout.match(/^warning: .*$/gm)).toEqual([
    expect.stringMatching(/^warning: the (?:webhook|command) .*; the sweep continues$/),
    expect.stringMatching(/^warning: the (?:webhook|command) .*; the sweep continues$/),
  ]);
});

test.each([
  [
    { command: { run: 'echo done' } },
    /error\[config\.wrong-type\]: expected a list, got the text "echo done"/,
  ],
  [{ webhook: { on: ['improve'] } }, /error\[config\.bad-value\]: .*"improve"/],
  [
    { webhook: { body: { text: '${best_valu}' } } },
    /error\[config\.unknown-placeholder\]: .*\n\s+fix: did you mean best_value\?/,
  ],
  [{ webhook: {} }, /error\[webhook\.no-url\]: expected url or HPO_WEBHOOK_URL/],
])('%j is refused before the sweep begins', async (logging, message) => {
  const ran = await runHere(['optimize'], { cwd: makeSweep({ logging }) });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(message);
});
