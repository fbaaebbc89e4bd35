import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricFormat } from '../../../src/protocol/formats/format.js';
import { patternFault } from '../../../src/protocol/formats/pattern.js';
import { formats, makeLineParser } from '../../../src/protocol/formats/registry.js';

/** What a line says as an object, or the kind of a line that says nothing. */
function read(format: MetricFormat | string, line: string): Record<string, number> | string {
  const parsed = makeLineParser(typeof format === 'string' ? { format } : format)(line);
  return parsed.kind === 'metric' ? Object.fromEntries(parsed.entries) : parsed.kind;
}

describe('katib', () => {
  it.each<[string, Record<string, number> | string]>([
    ['epoch=3 loss=0.25', { epoch: 3, loss: 0.25 }],
    ['2026-01-31T18:00:00Z INFO  accuracy = 9.3e-1, loss =.5;', { accuracy: 0.93, loss: 0.5 }],
    ['{metricName: accuracy, metricValue: 0.9; Validation-Accuracy=0.9}', { 'Validation-Accuracy': 0.9 }],
    ['loss=nan', { loss: Number.NaN }],
    ['loss=-inf lr=1e-3', { loss: Number.NEGATIVE_INFINITY, lr: 0.001 }],
    ['\u001b[32mloss=0.5\u001b[0m', { loss: 0.5 }],
    ['INFO:root:loss=0.5 val/acc=0.9', { loss: 0.5, acc: 0.9 }],
    ['running train.py --loss=0.5 --epoch=3', 'log'],
    ['The loss=0.5. The end.', { loss: 0.5 }],
    ['version=1.2.3 host=a1 size=5MB', 'log'],
    ['loss=0x10', 'log'],
    ['Epoch 1/3', 'log'],
  ])('%j', (line, expected) => expect(read('katib', line)).toEqual(expected));

  it('reads the named metrics alone, and what tells their step', () => {
    const format = { format: 'katib', names: ['loss'] };
    expect(read(format, 'epoch=2 lr=0.1 loss=0.5')).toEqual({ epoch: 2, loss: 0.5 });
    expect(read(format, 'lr=0.1 batch=32')).toBe('log');
  });
});

describe('syne-tune', () => {
  it.each<[string, Record<string, number> | string]>([
    [
      '[tune-metric]: {"epoch": 1, "loss": 0.5, "st_worker_iter": 0, "st_worker_time": 1.5}',
      { epoch: 1, loss: 0.5 },
    ],
    ['INFO:root:[tune-metric]: {"loss": NaN, "best": -Infinity}', { loss: NaN, best: -Infinity }],
    ['[tune-metric]: {"note": "a NaN, Infinity", "ok": true, "loss": 1}', { loss: 1 }],
    ['[tune-metric]: {"loss": 0.5}  50%|#####     |', { loss: 0.5 }],
    ['[tune-metric]: {"loss": ', 'malformed'],
    ['[tune-metric]: [1]', 'malformed'],
    ['{"loss": 1}', 'log'],
  ])('%j', (line, expected) => expect(read('syne-tune', line)).toEqual(expected));
});

describe('guild', () => {
  it.each<[string, Record<string, number> | string]>([
    ['loss: 0.25', { loss: 0.25 }],
    ['loss: 0.25 (step 7)', { step: 7, loss: 0.25 }],
    ['step: 7', { step: 7 }],
    ['val/acc:\t9e-1', { 'val/acc': 0.9 }],
    ['loss: nan', { loss: Number.NaN }],
    [' loss: 0.25', 'log'],
    ['loss: 0.25 and more', 'log'],
    ['file: data.csv', 'log'],
    ['loss:0.25', 'log'],
  ])('%j', (line, expected) => expect(read('guild', line)).toEqual(expected));
});

describe('jsonl', () => {
  it.each<[string, Record<string, number> | string]>([
    ['{"epoch": 2, "val/loss": 0.5, "name": "x", "ok": true, "list": [1]}', { epoch: 2, 'val/loss': 0.5 }],
    ['  {"loss": Infinity}  ', { loss: Number.POSITIVE_INFINITY }],
    ['{"name": "x"}', 'log'],
    ['{"bad name": 1, "1st": 2}', 'log'],
    ['{"loss": 0.5', 'malformed'],
    ['training ...', 'log'],
    ['[1, 2]', 'log'],
  ])('%j', (line, expected) => expect(read('jsonl', line)).toEqual(expected));
});

describe('regex', () => {
  const epoch = {
    format: 'regex',
    pattern: 'Epoch (?<epoch>\\d+).*loss (?<loss>\\S+)(?: acc (?<acc>\\S+))?',
  };
  const pairs = { format: 'regex', pattern: '(?<name>[\\w/]+)\\s*:\\s*(?<value>[-+.\\w]+)' };

  it('makes a metric of each named group that took part', () => {
    expect(read(epoch, 'Epoch 3/10: loss 0.5')).toEqual({ epoch: 3, loss: 0.5 });
    expect(read(epoch, 'Epoch 3/10: loss 0.5 acc .9')).toEqual({ epoch: 3, loss: 0.5, acc: 0.9 });
    expect(read(epoch, 'nothing of it')).toBe('log');
  });

  it('makes a metric of each place where the groups name and value match', () => {
    expect(read(pairs, 'loss: 0.5 - val/acc : 9e-1')).toEqual({ loss: 0.5, 'val/acc': 0.9 });
  });

  it('does not guess at what is no number', () => {
    const parsed = makeLineParser(epoch)('Epoch 3: loss 0,5');
    expect(parsed).toEqual({
      kind: 'malformed',
      reason: 'expected a number for each group, got "loss=0,5"',
      entries: [['epoch', 3]],
    });
    // Where the step is no number nothing has a place.
    const steps = { format: 'regex', pattern: '(?<name>\\w+)=(?<value>\\S+)' };
    expect(makeLineParser(steps)('epoch=? loss=0.5')).toMatchObject({ kind: 'malformed', entries: [] });
  });

  it('does not care what the others hold when metrics are named', () => {
    const format = { format: 'regex', pattern: '(?<name>\\w+)=(?<value>\\S+)', names: ['loss'] };
    expect(read(format, 'opt=adam epoch=2 loss=0.5')).toEqual({ epoch: 2, loss: 0.5 });
    expect(read(format, 'opt=adam')).toBe('log');
    expect(makeLineParser(format)('loss=oh')).toMatchObject({ kind: 'malformed' });
  });

  it('passes over long lines, on which a careless pattern could take for ever', () => {
    expect(read({ format: 'regex', pattern: '(?<loss>(a+)+)$' }, `${'a'.repeat(2001)}!`)).toBe('log');
  });

  it.each<[string, RegExp | null]>([
    ['loss=(?<loss>\\S+)', null],
    ['(?<name>\\w+)=(?<value>\\S+)', null],
    ['loss=(\\S+)', /no group has a name/],
    ['(?<value>\\S+)', /go together/],
    ['(?<loss>', /./],
    ['loss=(?<loss>\\S+)\\', /./],
    ['(?<größe>\\S+)', /name of the group größe/],
    // Two to the power of the line's length.
    ['(?<loss>(a+)+)$', /repeated group/],
    ['(?:\\w+\\s?)*: (?<loss>\\S+)', /repeated group/],
    ['(?:a|ab|b)*(?<loss>\\d)', /repeated group/],
    ['(?:(?:a?){2}b){10,}(?<loss>\\d)', /repeated group/],
    ['(?:(?:x[)+]*)){1,99}?(?<loss>\\d)', /repeated group/],
    // One way each, or few.
    ['(?:\\d{2}:){2}\\d{2} (?<loss>\\S+)', null],
    ['(?:(?!loss|acc).)*loss=(?<loss>[+-]?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)', null],
    ['(?<=loss: )(?<loss>[^)*|]+)', null],
    ['(?:a+b){9}\\(c+\\)*(?<loss>.)', null],
    ['(?:[(a+)]x)+(?<loss>\\d)', null],
  ])('tells what is wrong with %j', (pattern, expected) => {
    const fault = patternFault(pattern);
    if (expected === null) expect(fault).toBeNull();
    else expect(fault).toMatch(expected);
  });
});

describe('last-number', () => {
  it.each<[string, number | null]>([
    ['loss: 0.25', 0.25],
    ['12345', 12345],
    ['real 0m1 took 93ms', 93],
    ['accuracy (93.5%)', 93.5],
    ['a=1 b=-2e-3.', -0.002],
    ['score 3, done', 3],
    ['\u001b[32m0.5\u001b[0m', 0.5],
    ['loss nan', Number.NaN],
    ['v1.2.3 at 2026-01-31 12:30:05', null],
    ['total 1,234.5', null],
    ['info about information', null],
    ['sha 0x1f', null],
  ])('%j', (line, expected) => {
    const parsed = makeLineParser({ format: 'last-number', names: ['y'] })(line);
    expect(parsed).toEqual(
      expected === null ? { kind: 'log' } : { kind: 'candidate', entries: [['y', expected]] },
    );
  });
});

describe('lines of 64 KiB', () => {
  const n = 64 * 1024;
  // Seconds each, when what was read is read again from every place in it: the test would time out.
  const lines = ['a'.repeat(n), `a=${'0'.repeat(n)}x`, `{"a": "${'\\"'.repeat(n / 2)}`, 'a: '.repeat(n / 3)];
  it.each(['katib', 'syne-tune', 'guild', 'jsonl', 'last-number'])(
    'of anything are read in no time as %s',
    (format) => {
      const parse = makeLineParser({ format });
      for (let k = 0; k < 50; k++)
        for (const line of lines) expect(parse(`[tune-metric]: ${line}`).kind).not.toBe('metric');
      for (let k = 0; k < 50; k++) for (const line of lines) expect(parse(line).kind).not.toBe('metric');
    },
  );
});

describe.each(formats)('format $name', ({ name }) => {
  const parse = makeLineParser({
    format: name,
    ...(name === 'regex' && { pattern: '(?<name>\\w+)=(?<value>\\S+)' }),
  });
  it('never throws, and says nothing that is no metric', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'METRIC ',
        '[tune-metric]: ',
        '{"a": 1}',
        'loss=',
        'loss: ',
        '(step 3)',
        'NaN',
        '=',
        '\u001b[',
      ),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const parsed = parse(pieces.join(''));
        if (parsed.kind === 'log') return;
        for (const [metric, value] of parsed.entries) {
          expect(metric).toMatch(/^[A-Za-z_%µ][A-Za-z0-9_.:/@%µ-]*$/);
          expect(typeof value).toBe('number');
        }
        if (parsed.kind === 'metric') expect(parsed.entries.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

it('refuses a format that it does not know', () => {
  expect(() => makeLineParser({ format: 'csv' })).toThrow('expected a metric format, got "csv"');
});
