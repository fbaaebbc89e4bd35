import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/core/input-lines.js';
import { JsonRpc, type Method, RpcError } from '../../src/mcp/json-rpc.js';
import { MOST_PENDING, serve } from '../../src/mcp/serve.js';

/** Answers `echo` with its params, `fail` and `refuse` with errors, and `wait` when it is cancelled. */
function talking() {
  const rpc = new JsonRpc(
    new Map<string, Method>([
      ['echo', (params) => params],
      [
        'fail',
        () => {
          throw new Error('by itself');
        },
      ],
      [
        'refuse',
        async () => {
          throw new RpcError(-32602, 'not so');
        },
      ],
      [
        'wait',
        (_, { cancelled }) =>
          new Promise((resolve) => cancelled.addEventListener('abort', () => resolve('late'))),
      ],
    ]),
  );
  return async (message: unknown) => {
    const answer = await rpc.answer(typeof message === 'string' ? message : JSON.stringify(message));
    return answer === null ? null : JSON.parse(answer);
  };
}

const request = (id: unknown, method: string, params?: unknown) => ({ jsonrpc: '2.0', id, method, params });
const error = (id: unknown, code: number) => ({
  jsonrpc: '2.0',
  id,
  error: { code, message: expect.any(String) },
});

describe('a request', () => {
  test('is answered under its id, a text or a number', async () => {
    const say = talking();
    expect(await say(request(1, 'echo', { a: 1 }))).toEqual({ jsonrpc: '2.0', id: 1, result: { a: 1 } });
    expect(await say(request('x', 'echo'))).toEqual({ jsonrpc: '2.0', id: 'x', result: {} });
  });

  test.each([
    ['that is no JSON', '{"jsonrpc":', error(null, -32700)],
    ['that is no object', '7', error(null, -32600)],
    ['of another version', { ...request(1, 'echo'), jsonrpc: '1.0' }, error(1, -32600)],
    ['without a method', { jsonrpc: '2.0', id: 1 }, error(1, -32600)],
    ['whose id is null', request(null, 'echo'), error(null, -32600)],
    ['whose id is an object', request({}, 'echo'), error(null, -32600)],
    ['of an unknown method', request(1, 'server/discover'), error(1, -32601)],
    ['of a method that every object has', request(1, 'toString'), error(1, -32601)],
    ['whose params are a list', request(1, 'echo', [1]), error(1, -32602)],
    ['that is refused', request(1, 'refuse'), error(1, -32602)],
    ['that fails', request(1, 'fail'), error(1, -32603)],
  ])('%s has the error of JSON-RPC', async (_, message, answer) => {
    expect(await talking()(message)).toEqual(answer);
  });

  test('that is cancelled has no answer', async () => {
    const say = talking();
    const waiting = say(request(7, 'wait'));
    expect(await say(request(undefined, 'notifications/cancelled', { requestId: 8 }))).toBeNull();
    expect(await say(request(undefined, 'notifications/cancelled', { requestId: 7 }))).toBeNull();
    expect(await waiting).toBeNull();
  });
});

test('notifications and answers have no answer', async () => {
  const say = talking();
  expect(await say(request(undefined, 'echo'))).toBeNull();
  expect(await say(request(undefined, 'unknown'))).toBeNull();
  expect(await say({ jsonrpc: '2.0', id: 1, result: {} })).toBeNull();
});

test('a batch is answered as one, without its notifications', async () => {
  const say = talking();
  const batch = [request(1, 'echo'), request(undefined, 'echo'), 5, request(2, 'unknown')];
  expect(await say(batch)).toEqual([
    { jsonrpc: '2.0', id: 1, result: {} },
    error(null, -32600),
    error(2, -32601),
  ]);
  expect(await say([request(undefined, 'echo')])).toBeNull();
  expect(await say([])).toEqual(error(null, -32600));
  const many = Array.from({ length: 101 }, (_, id) => request(id, 'echo'));
  expect(await say(many.slice(1))).toHaveLength(100);
  expect(await say(many)).toEqual(error(null, -32600));
});

test('whatever a line holds, the answer is nothing or one line of JSON', async () => {
  const say = talking();
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', 2),
        id: fc.jsonValue(),
        method: fc.constantFrom('echo', 'x', 3),
        params: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(odd, async (message) => {
      const answer = await say(message as string);
      for (const each of [answer].flat()) if (each !== null) expect(each).toHaveProperty('jsonrpc', '2.0');
    }),
  );
});

test('lines are answered as they come: cut within a character, too long, empty, the last one without an end', async () => {
  const line = Buffer.from(JSON.stringify(request(1, 'echo', { text: 'µ→宽' })));
  const bytes = Buffer.concat([
    line,
    Buffer.from(`\n\n  \n${'x'.repeat(300)}\n${JSON.stringify(request(2, 'echo'))}`),
  ]);
  const parts = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const rpc = new JsonRpc(new Map([['echo', (params: object) => params]]));
  const written: unknown[] = [];
  await serve(linesOf(Readable.from(parts), 200), rpc, async (text) => written.push(JSON.parse(text)) > 0);
  expect(written).toEqual([
    { jsonrpc: '2.0', id: 1, result: { text: 'µ→宽' } },
    error(null, -32700),
    { jsonrpc: '2.0', id: 2, result: {} },
  ]);
});

test('the end of the input waits for answers that are being made, and a reader that is gone ends it', async () => {
  let answer = (_: string): void => {};
  const late = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const rpc = new JsonRpc(new Map([['late', () => late]]));
  const written: string[] = [];
  const served = serve(
    linesOf(Readable.from([Buffer.from(JSON.stringify(request(1, 'late')))]), 200),
    rpc,
    async (text) => Boolean(written.push(text)),
  );
  answer('here');
  await served;
  expect(written).toHaveLength(1);
  async function* forever() {
    for (;;) yield JSON.stringify(request(1, 'late'));
  }
  await serve(forever(), rpc, async () => false);
});

test('what only waits for something answers at the end of the input', async () => {
  const waiting: Method = (_, { hurry }) =>
    new Promise((resolve) => hurry.addEventListener('abort', () => resolve('so far')));
  const written: unknown[] = [];
  const input = Readable.from([Buffer.from(JSON.stringify(request(1, 'wait')))]);
  await serve(
    linesOf(input, 200),
    new JsonRpc(new Map([['wait', waiting]])),
    async (text) => written.push(JSON.parse(text)) > 0,
  );
  expect(written).toEqual([{ jsonrpc: '2.0', id: 1, result: 'so far' }]);
});

test('lines wait while many answers are being made or are not read', async () => {
  let taken = 0;
  async function* lines() {
    for (; taken < 3 * MOST_PENDING; taken++) yield JSON.stringify(request(taken, 'wait'));
  }
  let answer = (_: string): void => {};
  const late = new Promise<string>((resolve) => {
    answer = resolve;
  });
  let read = (_: boolean): void => {};
  const reader = new Promise<boolean>((resolve) => {
    read = resolve;
  });
  let written = 0;
  const served = serve(lines(), new JsonRpc(new Map([['wait', () => late]])), () => {
    written += 1;
    return reader;
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  expect(taken).toBeLessThan(MOST_PENDING);
  answer('here');
  await turn();
  expect([written, taken < MOST_PENDING]).toEqual([MOST_PENDING, true]);
  read(true);
  await served;
  expect(written).toBe(3 * MOST_PENDING);
});

test('a line whose answer cannot be made has an error, and the next ones are answered', async () => {
  class Failing extends JsonRpc {
    override async answer(line: string): Promise<string | null> {
      if (line === '[]') throw new RangeError('Invalid string length');
      return super.answer(line);
    }
  }
  const written: unknown[] = [];
  await serve(
    linesOf(Readable.from([Buffer.from('[]\n7\n')]), 200),
    new Failing(new Map()),
    async (text) => written.push(JSON.parse(text)) > 0,
  );
  expect(written.toSorted()).toEqual([error(null, -32603), error(null, -32600)].toSorted());
});
