import { expect, test } from 'vitest';
import { mistakes, own } from './files.js';

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
  ['max_failures: 0', 'expected a number at least 1'],
  ['max_consecutive_failures: many', 'expected'],
])('%s is refused at its place', async (line, expected) => {
  const text = await mistakes(own(`${space}${line}\n`));
  expect(text).toMatch(/^sweep\.yaml:4:\d+ error\[config\./);
  expect(text).toContain(expected);
});
