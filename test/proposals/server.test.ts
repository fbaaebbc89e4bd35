import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/core/input-lines.js';
import { ProposalServer } from '../../src/proposals/server.js';

type Answer = {
  readonly id: unknown;
  readonly error?: { code: string; message: string; fix: string | null };
};

const open = {
  id: 1,
  type: 'open',
  protocol: 1,
  study: 's',
  sampler: 'random',
  options: {},
  seed: 3,
  directions: ['minimize'],
  declared: false,
};
const x = { name: 'x', distribution: { kind: 'float', low: 0, high: 1, log: false, step: null } };
const trial = { number: 0, state: 'complete', params: { x: 0.5 }, values: [1] };

function talking() {
  const server = new ProposalServer('1.2.3');
  return async (request: unknown) => {
    const line = typeof request === 'string' ? request : JSON.stringify(request);
    return JSON.parse(await server.answer(line)) as Answer & Record<string, unknown>;
  };
}

test('a study is opened, asked and filled by lines of JSON', async () => {
  const say = talking();
  expect(await say(open)).toEqual({ id: 1, protocol: 1, version: '1.2.3' });
  expect(await say({ id: 2, type: 'ask', study: 's', index: 0 })).toEqual({ id: 2, params: {}, attrs: {} });
  const drawn = await say({ id: 3, type: 'suggest', study: 's', index: 0, ...x });
  expect(drawn.value).toBeGreaterThanOrEqual(0);
  expect(await say({ id: 4, type: 'tell', study: 's', parameters: [x], trials: [trial] })).toEqual({
    id: 4,
    received: 1,
  });
  const { params } = await say({ id: 'five', type: 'ask', study: 's', index: 1 });
  expect(Object.keys(params as object)).toEqual(['x']);
});

test('an id that is neither a text nor a number comes back as null, however deep it is', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(await talking()(`{"id":${deep},"type":"tune"}`)).toMatchObject({
    id: null,
    error: { code: 'sampler.bad-request' },
  });
  expect(await talking()(`{"id":5,"type":${deep}}`)).toMatchObject({ id: 5 });
});

describe('a request that is not as it should be', () => {
  const ask = { id: 9, type: 'ask', study: 's', index: 1 };
  test.each([
    ['not JSON', 'hello', 'sampler.bad-request', 'expected one JSON object on each line, got hello'],
    ['no object', [], 'sampler.bad-request', 'a request to be an object'],
    [
      'an unknown type',
      { ...ask, type: 'tune' },
      'sampler.bad-request',
      'one of open, tell, ask, suggest, got tune',
    ],
    [
      'an unknown study',
      { ...ask, study: 'other' },
      'sampler.bad-request',
      'a study that was opened before, got other',
    ],
    ['another protocol', { ...open, protocol: 2 }, 'sampler.protocol', 'a client of protocol 1, got 2'],
    ['an unknown sampler', { ...open, sampler: 'best' }, 'sampler.unknown', 'no sampler is called best'],
    ['an unknown option', { ...open, options: { speed: 9 } }, 'options.unknown', 'got speed'],
    ['no direction', { ...open, directions: [] }, 'sampler.bad-request', 'at least one direction'],
    [
      'a bad index',
      { ...ask, index: -1 },
      'sampler.bad-request',
      'index to be a whole number from 0, got -1',
    ],
    [
      'a bad name',
      '{"id":9,"type":"ask","study":"s","index":1,"trials":[{"number":0,"state":"complete","params":{"__proto__":1}}]}',
      'sampler.bad-request',
      'the name of a parameter to be another text',
    ],
    [
      'a bad value',
      { ...ask, trials: [{ ...trial, values: ['much'] }] },
      'sampler.bad-request',
      'values to be a number',
    ],
    [
      'a bad range',
      { ...ask, parameters: [{ name: 'x', distribution: { ...x.distribution, low: 2 } }] },
      'sampler.bad-request',
      'the distribution of x: low must not be above high',
    ],
    [
      'a bad choice',
      { ...ask, parameters: [{ name: 'x', distribution: { kind: 'categorical', choices: [[1]] } }] },
      'sampler.bad-request',
      'choices must be text',
    ],
  ])('%s: gets an error, and the next one an answer', async (_, request, code, message) => {
    const say = talking();
    await say(open);
    const { error } = await say(request);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await say({ ...ask, id: 10 })).toMatchObject({ id: 10, params: {} });
  });

  test('whatever it is, the answer is one line of JSON with its id', async () => {
    const server = new ProposalServer('1.2.3');
    await server.answer(JSON.stringify(open));
    const parts = fc.record(
      {
        id: fc.nat(),
        type: fc.constantFrom('open', 'tell', 'ask', 'suggest', 'other'),
        study: fc.constantFrom('s', 't'),
        index: fc.jsonValue(),
        parameters: fc.oneof(fc.jsonValue(), fc.constant([x])),
        trials: fc.oneof(fc.jsonValue(), fc.constant([trial])),
        distribution: fc.jsonValue(),
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

test('lines come whole whatever the chunks are, and a long one is left out', async () => {
  const chunks = fc.array(fc.constantFrom('a', 'é', '\n', 'bcd', 'x'.repeat(9)), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 5 }), async (texts, size) => {
      const bytes = Buffer.from(texts.join(''));
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      const lines: (string | null)[] = [];
      for await (const line of linesOf(Readable.from(pieces), 8)) lines.push(line);
      const expected = texts.join('').split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected.map((line) => (Buffer.byteLength(line) > 8 ? null : line)));
    }),
  );
});
