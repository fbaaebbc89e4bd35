import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, MAX_LINE_BYTES } from '../../src/protocol/lines.js';

function split(bytes: Uint8Array, sizes: readonly number[]): { lines: string[]; dropped: number } {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  // One buffer for every chunk, as a reader of a file has it: nothing of it may be kept.
  const buffer = Buffer.alloc(bytes.length);
  let at = 0;
  for (let n = 0; at < bytes.length; n++) {
    const size = Math.min(
      sizes.length === 0 ? bytes.length : (sizes[n % sizes.length] as number),
      bytes.length - at,
    );
    buffer.set(bytes.subarray(at, at + size));
    lines.push(...splitter.push(buffer.subarray(0, size)));
    buffer.fill(0x58, 0, size);
    at += size;
  }
  lines.push(...splitter.flush());
  return { lines, dropped: splitter.droppedLines };
}

const text = (value: string) => new TextEncoder().encode(value);

describe('LineSplitter', () => {
  it('splits at newlines and carriage returns and leaves empty lines out', () => {
    expect(split(text('a\r\nb\n\nc\rd'), []).lines).toEqual(['a', 'b', 'c', 'd']);
  });

  it('splits nowhere else: a text with U+2028 cannot forge a line', () => {
    const line = 'log \u2028METRIC a=1 \u2029\u0085\v\fMETRIC b=2';
    expect(split(text(`${line}\n`), []).lines).toEqual([line]);
  });

  it('reads a line of exactly the limit and drops one byte more, whole, to its end', () => {
    const fits = 'x'.repeat(MAX_LINE_BYTES);
    const { lines, dropped } = split(text(`${fits}\n${fits}y\nnext\n${fits}${fits}${fits}`), [1000]);
    expect(lines).toEqual([fits, 'next']);
    expect(dropped).toBe(2);
  });

  it('turns bytes that are no UTF-8 into replacement characters, within their line', () => {
    expect(split(new Uint8Array([0x61, 0xe2, 0x82, 0x0a, 0x62]), []).lines).toEqual(['a\ufffd', 'b']);
  });

  it('gives the same lines for every chunking', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', 'METRIC loss=0.5', 'é', '€', '😀', '\u2028'),
      fc.integer({ min: MAX_LINE_BYTES - 2, max: MAX_LINE_BYTES + 2 }).map((n) => 'z'.repeat(n)),
    );
    const bytes = fc.oneof(
      { weight: 3, arbitrary: fc.array(piece, { maxLength: 12 }).map((pieces) => text(pieces.join(''))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    );
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 70_000 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(bytes, sizes, (given, chunks) => {
        expect(split(given, chunks)).toEqual(split(given, []));
      }),
      { numRuns: 100 },
    );
  });
});
