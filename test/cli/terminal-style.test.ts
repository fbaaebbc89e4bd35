import { afterEach, expect, test, vi } from 'vitest';
import { terminalStyle } from '../../src/cli/terminal-style.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

// Tests have no terminal, so only FORCE_COLOR can give colors.
test.each([
  [{}, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '' }, true],
  [{ FORCE_COLOR: '0' }, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  [{ NO_COLOR: '1' }, false],
])('plots have colors by the same rule as tables: %j gives %s', (env, hasColor) => {
  for (const name of ['FORCE_COLOR', 'NO_COLOR']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  expect(terminalStyle().hasColor).toBe(hasColor);
});
