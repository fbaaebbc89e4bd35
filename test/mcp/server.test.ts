import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { usageError } from '../../src/core/errors.js';
import type { Mapping } from '../../src/core/mapping.js';
import { JsonRpc } from '../../src/mcp/json-rpc.js';
import { plainData } from '../../src/mcp/plain-data.js';
import { methodsOf } from '../../src/mcp/server.js';
import {
  checkArguments,
  inputSchema,
  optionalChoice,
  optionalCount,
  parameters,
  type Tool,
  text,
} from '../../src/mcp/tool.js';

const paint: Tool = {
  name: 'paint',
  title: 'Paint',
  summary: 'Paints.',
  arguments: {
    study: text('a study'),
    trial: optionalCount('a trial'),
    kind: optionalChoice('a kind', ['a', 'b']),
  },
  effect: 'reads',
  run: async (args) => {
    if (args.text('study') === 'none')
      throw usageError('study.not-found', 'no study none', { fix: 'another' });
    if (args.text('study') === 'broken') throw new Error('a defect');
    return { data: { best: Number.NaN, log: '\u001b[2J', skipped: undefined }, png: Uint8Array.of(1, 2) };
  },
};

const about = { name: 'a', description: 'a text', mimeType: 'text/plain' };

function talking() {
  const rpc = new JsonRpc(
    methodsOf({
      version: '1.2.3',
      instructions: 'Do.',
      tools: [paint],
      resources: {
        list: async () => [{ ...about, uri: 'hpo://a' }],
        templates: [{ ...about, uriTemplate: 'hpo://{x}' }],
        read: async (uri) => {
          if (uri === 'hpo://broken') throw usageError('a.b', 'no such study');
          return uri === 'hpo://a' ? { mimeType: 'text/plain', text: 'here' } : null;
        },
      },
    }),
  );
  return async (method: string, params: unknown = {}) => {
    const line = await rpc.answer(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
    return JSON.parse(line ?? 'null') as { result?: Mapping; error?: { code: number; message: string } };
  };
}

test('the revision is the one of the client where it is known, else the newest', async () => {
  const say = talking();
  const revision = async (protocolVersion: string) =>
    (await say('initialize', { protocolVersion, capabilities: {} })).result?.protocolVersion;
  for (const known of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])
    expect(await revision(known)).toBe(known);
  expect(await revision('2099-01-01')).toBe('2025-11-25');
  expect((await say('initialize', {})).error?.code).toBe(-32602);
  expect((await say('ping')).result).toEqual({});
});

describe('a tool', () => {
  test('is called by its name, also with the prefix, before any greeting', async () => {
    const say = talking();
    for (const name of ['paint', 'hpo_paint']) {
      const { result } = await say('tools/call', { name, arguments: { study: 's' } });
      expect(result).toEqual({
        content: [
          { type: 'text', text: '{\n "best": "NaN",\n "log": "\\\\u001b[2J"\n}' },
          { type: 'image', mimeType: 'image/png', data: 'AQI=' },
        ],
        structuredContent: { best: 'NaN', log: '\\u001b[2J' },
        isError: false,
      });
    }
    for (const name of ['hpo_hpo_paint', 'Paint', '', 7, undefined])
      expect((await say('tools/call', { name })).error?.code).toBe(-32602);
  });

  test('has no structured content for a client of a revision without it', async () => {
    const say = talking();
    await say('initialize', { protocolVersion: '2025-03-26' });
    const { result } = await say('tools/call', { name: 'paint', arguments: { study: 's' } });
    expect(result).not.toHaveProperty('structuredContent');
  });

  test('says what its caller can mend as a result, and a defect as an error of the protocol', async () => {
    const say = talking();
    const call = (study: unknown) => say('tools/call', { name: 'paint', arguments: { study } });
    expect((await call('none')).result).toEqual({
      content: [{ type: 'text', text: 'error[study.not-found]: no study none\n  fix: another' }],
      isError: true,
    });
    expect((await call(3)).result).toMatchObject({ isError: true });
    expect((await call('broken')).error?.code).toBe(-32603);
    expect((await say('tools/call', { name: 'paint', arguments: [] })).error?.code).toBe(-32602);
  });

  test('is listed with the schema of its arguments and what it may do', async () => {
    const { result } = await talking()('tools/list');
    expect(result?.tools).toEqual([
      {
        name: 'paint',
        title: 'Paint',
        description: 'Paints.',
        inputSchema: {
          type: 'object',
          properties: {
            study: { type: 'string', description: 'a study' },
            trial: { type: 'integer', minimum: 0, description: 'a trial' },
            kind: { type: 'string', enum: ['a', 'b'], description: 'a kind' },
          },
          required: ['study'],
          additionalProperties: false,
        },
        annotations: {
          title: 'Paint',
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        },
      },
    ]);
  });
});

test('a tool that runs programs is announced as one that may do anything', async () => {
  const methods = methodsOf({
    ...{ version: '1', instructions: '', tools: [{ ...paint, effect: 'runs' as const }] },
    resources: { list: async () => [], templates: [], read: async () => null },
  });
  const ends = { cancelled: new AbortController().signal, hurry: new AbortController().signal };
  expect(await methods.get('tools/list')?.({}, ends)).toMatchObject({
    tools: [
      {
        annotations: {
          readOnlyHint: false,
          destructiveHint: true,
          idempotentHint: false,
          openWorldHint: true,
        },
      },
    ],
  });
});

test('a resource that is not there has the error of the protocol', async () => {
  const say = talking();
  expect((await say('resources/read', { uri: 'hpo://a' })).result).toEqual({
    contents: [{ uri: 'hpo://a', mimeType: 'text/plain', text: 'here' }],
  });
  for (const uri of ['hpo://b', 'hpo://broken', '\u001b'])
    expect((await say('resources/read', { uri })).error?.code).toBe(-32002);
  expect((await say('resources/read', { uri: 'hpo://b' })).error?.message).toContain(
    'no resource hpo://b; there are hpo://{x}, hpo://a',
  );
  expect((await say('resources/read', {})).error?.code).toBe(-32602);
});

test('arguments are what the schema says, or refused', () => {
  const tool = { name: 't', arguments: { ...paint.arguments, params: parameters('values') } };
  expect(inputSchema(tool).required).toEqual(['study', 'params']);
  const good = { study: 's', params: { x: 1 } };
  expect(checkArguments(tool, { ...good, trial: 3 }).optionalCount('trial')).toBe(3);
  expect(checkArguments(tool, good).optionalCount('trial')).toBeNull();
  const bad = [
    {},
    { ...good, study: '' },
    { ...good, study: null },
    { ...good, trial: -1 },
    { ...good, trial: 1.5 },
    { ...good, kind: 'c' },
    { ...good, params: [1] },
    { ...good, params: null },
    { ...good, surprise: 1 },
    { ...good, toString: 1 },
  ];
  for (const given of bad)
    expect(() => checkArguments(tool, given)).toThrow(expect.objectContaining({ code: 'mcp.argument' }));
});

test('whatever programs wrote goes out as data without control characters', () => {
  const text = fc.string({
    unit: fc
      .oneof(fc.integer({ min: 0, max: 0xa0 }), fc.integer({ min: 0x2020, max: 0x2030 }))
      .map(String.fromCharCode),
  });
  fc.assert(
    fc.property(fc.anything({ key: text, values: [text, fc.double(), fc.boolean()] }), (value) => {
      const said = JSON.stringify(plainData(value)) ?? '';
      expect(said).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
      expect(said.replaceAll('\\\\', '')).not.toMatch(/\\u00|\\[bfrt]/);
    }),
  );
});
