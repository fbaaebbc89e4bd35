import { expect, test } from 'vitest';
import { load, mistakes, own } from './files.js';

const space = 'parameters: { x: [1, 2] }\n';

test.each([
  ['trial_timeout: 0s', 'expected a duration'],
  ['trial_timeout: 0', 'expected a number above 0'],
  ['no_progress_timeout: soon', 'expected a duration'],
  ['max_log_bytes: much', 'expected a size such as 500MB'],
  ['max_log_bytes: 1.5', 'expected'],
  ['max_log_bytes: 0', 'expected a number at least 1'],
  ['retries: -1', 'expected a number at least 0'],
  ['retries: 1.5', 'expected'],
  ['retries: { delay: 5s }', 'expected'],
  ['retries: { times: 2, delay: soon }', 'expected a duration'],
  ['retries: { times: 2, factor: 0.5 }', 'expected a number at least 1'],
  ['retries: { times: 2, wait: 5s }', 'expected one of times, delay, factor, max_delay'],
  ['max_failures: 0', 'expected a number at least 1'],
  ['max_consecutive_failures: many', 'expected'],
])('%s is refused at its place', async (line, expected) => {
  const text = await mistakes(own(`${space}${line}\n`));
  expect(text).toMatch(/^sweep\.yaml:4:\d+ error\[config\./);
  expect(text).toContain(expected);
});

test('retries may wait: for a time, or longer each time', async () => {
  const limits = async (line: string) => (await load(own(`${space}${line}\n`))).run;
  expect(await limits('retries: { times: 2, delay: 30s }')).toMatchObject({
    retries: 2,
    retryDelay: { delayMs: 30_000, factor: 1, maxDelayMs: null },
  });
  expect(await limits('retries: { times: 3, delay: 10, factor: 2, max_delay: 5m }')).toMatchObject({
    retries: 3,
    retryDelay: { delayMs: 10_000, factor: 2, maxDelayMs: 300_000 },
  });
});
