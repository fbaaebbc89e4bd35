import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMetricName } from '../../src/core/metric-name.js';
import { formatMetric, parseLine } from '../../src/protocol/metric.js';

describe('parseLine', () => {
  it.each([
    ['METRIC loss=0.25', [['loss', 0.25]]],
    [
      'METRIC epoch=3 epoch_loss=0.21 epoch_accuracy=.93',
      [
        ['epoch', 3],
        ['epoch_loss', 0.21],
        ['epoch_accuracy', 0.93],
      ],
    ],
    [
      'METRIC a=1. b=+2 c=-3e-2 d=4E+1',
      [
        ['a', 1],
        ['b', 2],
        ['c', -0.03],
        ['d', 40],
      ],
    ],
    [
      'METRIC a=nan b=-NaN c=Inf d=-infinity e=+INFINITY',
      [
        ['a', NaN],
        ['b', NaN],
        ['c', Infinity],
        ['d', -Infinity],
        ['e', Infinity],
      ],
    ],
    [
      'METRIC   a=1 \t b=2  ',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      'METRIC val/top-1@5:x.y=1 _z=2',
      [
        ['val/top-1@5:x.y', 1],
        ['_z', 2],
      ],
    ],
    [
      'METRIC total_\u00b5s=15200 cpu_%=3 \u00b5_x=1 %cpu=2 a-b=4',
      [
        ['total_\u00b5s', 15200],
        ['cpu_%', 3],
        ['\u00b5_x', 1],
        ['%cpu', 2],
        ['a-b', 4],
      ],
    ],
    ['METRIC total_\u03bcs=1', [['total_\u00b5s', 1]]],
    ['\u001b[32mMETRIC\u001b[0m loss=\u001b[1;31m0.5\u001b[0m', [['loss', 0.5]]],
    ['\u001b[2K\u001b]0;title\u0007METRIC loss=0.5', [['loss', 0.5]]],
    ['METRIC __proto__=1', [['__proto__', 1]]],
  ])('reads %j', (line, entries) => {
    expect(parseLine(line)).toEqual({ kind: 'metric', entries });
  });

  it.each([
    '',
    'loss=1',
    ' METRIC loss=1',
    'metric loss=1',
    'METRICS loss=1',
    'METRIC',
    'xMETRIC loss=1',
    'METRIC:loss=1',
  ])('takes %j for a log line', (line) => {
    expect(parseLine(line)).toEqual({ kind: 'log' });
  });

  it.each(['0,5', '', '0x10', '1_000', '1e', '--1', 'e5', '.', 'nanx', 'Infinit', '1;2', '1%', 'None'])(
    'does not guess at the value %j',
    (value) => {
      const parsed = parseLine(`METRIC good=1 loss=${value}`);
      expect(parsed).toMatchObject({ kind: 'malformed', entries: [['good', 1]] });
      expect(parsed.kind === 'malformed' && parsed.reason).toContain(`loss=${value}`);
    },
  );

  it.each([
    'METRIC ',
    'METRIC loss',
    'METRIC =1',
    'METRIC 1a=2',
    'METRIC a b=',
    `METRIC ${'n'.repeat(256)}=1`,
    'METRIC a = 1',
  ])('calls %j malformed', (line) => {
    expect(parseLine(line)).toMatchObject({ kind: 'malformed', entries: [] });
  });

  it('keeps no value of a line whose step cannot be read: where they belong would be a guess', () => {
    expect(parseLine('METRIC epoch=one loss=0.5')).toMatchObject({ kind: 'malformed', entries: [] });
    expect(parseLine('METRIC loss=0.5 step=')).toMatchObject({ kind: 'malformed', entries: [] });
  });

  it('quotes little of a long bad line', () => {
    const parsed = parseLine(`METRIC ${'x'.repeat(10_000)} ${'y '.repeat(1000)}`);
    expect(parsed.kind === 'malformed' && parsed.reason.length).toBeLessThan(400);
  });

  it('never throws, whatever comes', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((s) => `METRIC ${s}`),
      fc
        .array(fc.constantFrom('METRIC ', 'a', '=', '1', '.', 'e', '-', ' ', '\u001b', '[', ']', 'nan'))
        .map((p) => p.join('')),
    );
    fc.assert(
      fc.property(anything, (line) => {
        expect(['metric', 'log', 'malformed']).toContain(parseLine(line).kind);
      }),
    );
  });

  it('takes linear time on lines made to be slow', () => {
    for (const piece of ['\u001b[', '\u001b]', '\u001b[0', 'METRIC a=', '\u001b(']) {
      expect(['log', 'malformed', 'metric']).toContain(parseLine(`METRIC ${piece.repeat(20_000)}`).kind);
    }
  });
});

describe('formatMetric', () => {
  it('writes one line', () => {
    expect(formatMetric({ epoch: 3, loss: 0.1 + 0.2, bad: NaN, low: -Infinity })).toBe(
      'METRIC epoch=3 loss=0.30000000000000004 bad=nan low=-inf',
    );
  });

  it('refuses what could not be read back', () => {
    expect(() => formatMetric({})).toThrow(RangeError);
    expect(() => formatMetric({ 'two words': 1 })).toThrow('"two words"');
    expect(() => formatMetric({ 'a\nMETRIC b': 1 })).toThrow(RangeError);
  });

  it('is read back to the very same values', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.:/@-]{0,30}$/).filter(isMetricName);
    const values = fc.dictionary(name, fc.double(), { minKeys: 1 });
    fc.assert(
      fc.property(values, (given) => {
        expect(parseLine(formatMetric(given))).toEqual({ kind: 'metric', entries: Object.entries(given) });
      }),
    );
  });
});
