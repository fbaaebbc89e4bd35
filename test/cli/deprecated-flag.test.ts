import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { deprecatedFlag } from '../../src/cli/deprecated-flag.js';

afterEach(() => {
  vi.restoreAllMocks();
});

function parse(...args: readonly string[]): { options: Record<string, unknown>; said: string; help: string } {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const command = new Command('doctor').option('--timeout <s>', 'seconds', Number).exitOverride();
  deprecatedFlag(command, { old: '--limit <s>', replacement: '--timeout <s>', parse: Number });
  command.action(() => {});
  command.parse(args, { from: 'user' });
  return { options: command.opts(), said, help: command.helpInformation() };
}

test('an old flag sets the option of its replacement and says which one to use', () => {
  const { options, said } = parse('--limit', '5');
  expect(options.timeout).toBe(5);
  expect(said).toBe('warning: --limit is deprecated: use --timeout\n');
});

test('the replacement works without a word', () => {
  const { options, said } = parse('--timeout', '7');
  expect(options.timeout).toBe(7);
  expect(said).toBe('');
});

test('help shows the replacement alone', () => {
  const { help } = parse();
  expect(help).toContain('--timeout');
  expect(help).not.toContain('--limit');
});
