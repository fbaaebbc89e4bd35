import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerDeadline } from '../../../src/cli/mcp/answer-deadline.js';
import { makeProject, makeSweep, sweepFile, until } from '../../support/cli.js';
import { RawServer } from './support.js';

const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
const called = (name: string, sweep: string) =>
  line({ id: 7, method: 'tools/call', params: { name, arguments: { sweep } } });
const pids = (cwd: string) =>
  existsSync(join(cwd, 'pids')) ? readFileSync(join(cwd, 'pids'), 'utf8').trim().split('\n').map(Number) : [];
const CANCELLED = line({ method: 'notifications/cancelled', params: { requestId: 7 } });

test('a plan whose code never ends is killed when its request is cancelled, and with the server', async () => {
  const cwd = makeProject({
    'sweep.yaml': sweepFile({ sampler: './hang.mjs' }),
    'hang.mjs':
      "import { appendFileSync } from 'node:fs'; appendFileSync('pids', process.pid + '\\n'); await new Promise(() => setInterval(() => {}, 1000));",
  });
  const begun = async (at: number) => {
    await until(() => pids(cwd).length > at);
    return pids(cwd)[at] ?? 0;
  };
  const server = new RawServer(cwd);
  server.write(called('plan', 'sweep.yaml'));
  const first = await begun(0);
  server.write(CANCELLED);
  await until(() => !lives(first));
  server.write(called('plan', 'sweep.yaml'));
  const second = await begun(1);
  server.child.kill('SIGTERM');
  await until(() => !lives(second) && server.child.signalCode !== null);
  expect(server.child.signalCode).toBe('SIGTERM');
});

test('a start that is cancelled before it has started anything starts nothing', async () => {
  const cwd = makeSweep();
  const server = new RawServer(cwd);
  server.write(called('start', 'cfg/sweep.yaml') + CANCELLED);
  expect(await server.end()).toBe(0);
  expect(existsSync(join(cwd, 'outputs'))).toBe(false);
});

describe('the answer of what may take long comes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['within a minute', { closedAtS: null, cancelledAtS: null }, 50],
    ['soon after the input has ended', { closedAtS: 20, cancelledAtS: null }, 30],
    ['soon where it had ended before', { closedAtS: 0, cancelledAtS: null }, 10],
    ['at once where the request is cancelled', { closedAtS: null, cancelledAtS: 5 }, 5],
  ])('%s', (_, { closedAtS, cancelledAtS }, endS) => {
    const cancelled = new AbortController();
    const closed = new AbortController();
    if (closedAtS === 0) closed.abort();
    const deadline = answerDeadline({ cancelled: cancelled.signal, hurry: closed.signal });
    for (let s = 1; s <= endS; s++) {
      expect(deadline.aborted).toBe(false);
      vi.advanceTimersByTime(1000);
      if (s === closedAtS) closed.abort();
      if (s === cancelledAtS) cancelled.abort();
    }
    expect(deadline.aborted).toBe(true);
  });
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
