import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMetricName } from '../../src/core/metric-name.js';
import { LineSplitter, MAX_LINE_BYTES } from '../../src/protocol/lines.js';
import { formatMetric, parseLine } from '../../src/protocol/metric.js';
import { StepTracker } from '../../src/protocol/steps.js';

/** The long form: HPO_TORTURE_RUNS=2000 HPO_TORTURE_LINES=1000000 npx vitest run test/protocol/fuzz.test.ts. */
const RUNS = Number(process.env.HPO_TORTURE_RUNS ?? 60);
const LINES = Number(process.env.HPO_TORTURE_LINES ?? 5000);

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324, 1e308),
);
const name = fc.oneof(
  fc.constantFrom('loss', 'epoch', 'step', 'a/b', '_x', 'constructor', '__proto__', 'toString', 'n@1:2.-'),
  fc.stringMatching(/^[A-Za-z_%µ][A-Za-z0-9_.:/@%µ-]{0,20}$/),
);
const metricLine = fc
  .uniqueArray(fc.tuple(name, number), { minLength: 1, maxLength: 4, selector: ([key]) => key })
  .map((entries) => formatMetric(Object.fromEntries(entries)));
/** A line as a trainer might print it, without its end. */
const line = fc.oneof(
  metricLine,
  metricLine.map((text) => `\u001b[32m${text}\u001b[0m`),
  metricLine.chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
  metricLine.chain((text) =>
    fc
      .tuple(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([at, noise]) => text.slice(0, at) + noise.replaceAll(/[\r\n]/g, '') + text.slice(at)),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')),
  fc.constantFrom(
    '',
    'METRIC',
    'METRIC ',
    'METRIC  =',
    'METRIC epoch=1',
    'METRIC epoch=-1 loss=1',
    'METRIC a=1,5',
    '100%|####|',
  ),
);

type Read = { readonly lines: string[]; readonly dropped: number };

function read(chunks: Iterable<Uint8Array>): Read {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  for (const chunk of chunks) lines.push(...splitter.push(chunk));
  lines.push(...splitter.flush());
  return { lines, dropped: splitter.droppedLines };
}

/** Cuts bytes into pieces of the given sizes, again and again. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('whatever a trainer prints', () => {
  test('any bytes: the same lines for every chunking, each within the limit, and no line throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '')), { maxLength: 30 })
        .map((all) => Buffer.from(all.flat().join(''))),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(bytes, sizes, (given, chunks) => {
        const whole = read([given]);
        expect(read(cut(given, chunks))).toEqual(whole);
        const tracker = new StepTracker();
        for (const text of whole.lines) {
          expect(text).not.toMatch(/[\r\n]/);
          const parsed = parseLine(text);
          if (parsed.kind === 'log') continue;
          for (const [metric, value] of parsed.entries) {
            expect(isMetricName(metric)).toBe(true);
            expect(typeof value).toBe('number');
          }
          const { points } = tracker.track(parsed.entries);
          for (const { step } of points)
            expect(step === null || (Number.isSafeInteger(step) && step >= 0)).toBe(true);
        }
      }),
      { numRuns: RUNS * 5 },
    );
  });

  test('a line that was formatted is read back to the same values, among any noise', () => {
    const entries = fc.uniqueArray(fc.tuple(name, number), {
      minLength: 1,
      maxLength: 5,
      selector: ([key]) => key,
    });
    const noise = line.filter((text) => !text.includes('METRIC '));
    fc.assert(
      fc.property(entries, noise, noise, (given, before, after) => {
        const text = `${before}\n${formatMetric(Object.fromEntries(given))}\n${after}`;
        const metrics = read([Buffer.from(text)])
          .lines.map(parseLine)
          .filter(({ kind }) => kind === 'metric');
        expect(metrics).toHaveLength(1);
        expect(metrics[0]).toEqual({ kind: 'metric', entries: Object.entries(Object.fromEntries(given)) });
      }),
      { numRuns: RUNS * 5 },
    );
  });

  test(`of ${LINES} lines in chunks of every size each is read, once and in order`, () => {
    // A generator of our own: a million values from a property would take longer to make than to read.
    let state = Number(process.env.HPO_TORTURE_SEED ?? 7);
    const below = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const splitter = new LineSplitter();
    let [written, seen, dropped] = [0, 0, 0];
    let pending = Buffer.alloc(0);
    const take = (lines: readonly string[]) => {
      for (const text of lines) {
        const parsed = parseLine(text);
        if (parsed.kind !== 'metric') continue;
        const values = Object.fromEntries(parsed.entries);
        // Each names itself, so that a line lost, doubled, torn or moved shows.
        if (values.n !== seen || values.half !== seen / 2)
          throw new Error(`line ${seen} came as ${text.slice(0, 200)}`);
        seen++;
      }
    };
    while (written < LINES) {
      const parts: string[] = [];
      for (let k = 0; k < 200 && written < LINES; k++) {
        const kind = below(60);
        if (kind === 0) parts.push('\u0000\u001b[3\ufffd garbage METRIC n=0', below(2) ? '\r' : '\n');
        else if (kind === 1) parts.push(`${below(100)}%|###\r`);
        else if (kind === 2 && below(20) === 0) {
          parts.push('METRIC n=0 '.padEnd(MAX_LINE_BYTES + 1 + below(1000), 'x'), '\n');
          dropped++;
        }
        parts.push(`METRIC n=${written} half=${written / 2}`, ['\n', '\r', '\r\n'][below(3)] ?? '\n');
        written++;
      }
      pending = Buffer.concat([pending, Buffer.from(parts.join(''))]);
      while (pending.length > 0) {
        const size = 1 + below(below(10) === 0 ? 100_000 : 300);
        // What is left over goes before the next lines, so that chunks end anywhere in them.
        if (size > pending.length && written < LINES) break;
        take(splitter.push(pending.subarray(0, size)));
        pending = pending.subarray(size);
      }
    }
    take(splitter.flush());
    expect(seen).toBe(LINES);
    expect(splitter.droppedLines).toBe(dropped);
  });
});
