import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenRequest } from '../../../src/proposals/asked/requests.js';
import { type AskedStudy, AskingServer } from '../../../src/proposals/asked/server.js';

type Answer = Record<string, unknown> & {
  readonly error?: { readonly code: string; readonly message: string };
};

const open = { id: 1, type: 'open', protocol: 1, study: 's', held: [2] };

/** A server whose study notes what it is asked for. */
function talking(warnings: string[] = []) {
  const seen: unknown[] = [];
  const note =
    (name: string, answer: unknown) =>
    async (request?: unknown): Promise<never> => {
      seen.push([name, request]);
      return answer as never;
    };
  const study: AskedStudy = {
    name: 's',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    ask: note('ask', { trial: 0, params: { x: 1 }, seed: 7 }),
    report: note('report', undefined),
    judge: note('judge', { prune: false, reason: 'it continues' }),
    tell: note('tell', 'complete'),
    best: note('best', []),
    close: note('close', undefined),
  };
  const server = new AskingServer({
    version: '1.2.3',
    open: async (request: OpenRequest) => {
      seen.push(['open', request]);
      return study;
    },
    takeWarnings: () => warnings.splice(0),
  });
  const say = async (request: unknown) =>
    JSON.parse(
      await server.answer(typeof request === 'string' ? request : JSON.stringify(request)),
    ) as Answer;
  return { say, seen, server };
}

test('each request is carried out and answered; a study that is opened again is closed first', async () => {
  const { say, seen, server } = talking(['a note']);
  expect(await say(open)).toEqual({
    id: 1,
    protocol: 1,
    version: '1.2.3',
    study: 's',
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    warnings: ['a note'],
  });
  expect(await say({ id: 2, type: 'ask', held: [4] })).toEqual({
    id: 2,
    trial: 0,
    params: { x: 1 },
    seed: 7,
  });
  const metrics = { loss: 'NaN', accuracy: '-Infinity' };
  expect(await say({ id: 3, type: 'report', trial: 0, step: 1, metrics })).toEqual({ id: 3, stored: true });
  expect(await say({ id: 4, type: 'judge', trial: 0 })).toMatchObject({ prune: false });
  expect(await say({ id: 5, type: 'tell', trial: 0, values: [1] })).toEqual({ id: 5, state: 'complete' });
  expect(await say({ id: 6, type: 'best' })).toEqual({ id: 6, best: [] });
  await say(open);
  await server.close();
  const opened = [
    'open',
    { type: 'open', study: 's', definition: null, sweep: null, storage: null, held: [2] },
  ];
  expect(seen).toEqual([
    opened,
    ['ask', [4]],
    [
      'report',
      {
        type: 'report',
        trial: 0,
        step: 1,
        metrics: [
          ['loss', Number.NaN],
          ['accuracy', Number.NEGATIVE_INFINITY],
        ],
      },
    ],
    ['judge', 0],
    ['tell', { type: 'tell', trial: 0, values: [1], state: 'complete', reason: null }],
    ['best', undefined],
    ['close', undefined],
    opened,
    ['close', undefined],
  ]);
});

describe('a request that is not as it should be', () => {
  test.each([
    ['not JSON', 'hello', 'sampler.bad-request', 'expected one JSON object on each line, got hello'],
    ['an unknown type', { type: 'pause' }, 'sampler.bad-request', 'tell, best, got pause'],
    ['another protocol', { ...open, protocol: 2 }, 'ask.protocol', 'a client of protocol 1, got 2'],
    [
      'a definition that is a text',
      { ...open, definition: 'x' },
      'sampler.bad-request',
      'definition to be an object',
    ],
    ['no trial', { type: 'judge' }, 'sampler.bad-request', 'trial to be a whole number from 0, got nothing'],
    ['no metric', { type: 'report', trial: 0, metrics: {} }, 'sampler.bad-request', 'at least one metric'],
    [
      'a text as a value',
      { type: 'tell', trial: 0, values: ['x'] },
      'sampler.bad-request',
      'a value to be a number',
    ],
    ['an unknown state', { type: 'tell', trial: 0, state: 'over' }, 'sampler.bad-request', 'got over'],
  ])('%s: gets an error, and the next one an answer', async (_, request, code, message) => {
    const { say } = talking();
    await say(open);
    expect((await say(request)).error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await say({ id: 9, type: 'best' })).toEqual({ id: 9, best: [] });
  });

  test('before a study is open: gets an error', async () => {
    const { error } = await talking().say({ id: 1, type: 'ask' });
    expect(error?.message).toContain('a study that was opened before');
  });

  test('whatever it is, the answer is one line of JSON with its id', async () => {
    const { say, server } = talking();
    await say(open);
    const parts = fc.record(
      {
        id: fc.nat(),
        type: fc.constantFrom('open', 'ask', 'report', 'judge', 'tell', 'best', 'other'),
        trial: fc.oneof(fc.jsonValue(), fc.nat()),
        held: fc.jsonValue(),
        step: fc.jsonValue(),
        metrics: fc.oneof(fc.jsonValue(), fc.constant({ loss: 1 })),
        values: fc.jsonValue(),
        state: fc.jsonValue(),
        reason: fc.jsonValue(),
      },
      { requiredKeys: ['id'] },
    );
    await fc.assert(
      fc.asyncProperty(parts, async (request) => {
        const answer = await server.answer(JSON.stringify(request));
        expect(answer).not.toContain('\n');
        expect(JSON.parse(answer)).toMatchObject({ id: request.id });
        expect(answer).not.toContain('hpo.defect');
      }),
    );
  });
});
