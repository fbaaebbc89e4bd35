import { describe, expect, test } from 'vitest';
import { LogLines } from '../../../src/dashboard/page/trial/log-lines.js';

function linesOf(...parts: string[]): string[] {
  const lines = new LogLines();
  for (const part of parts) lines.add(part);
  return lines.all.map(({ text }) => text);
}

describe('lines of a log', () => {
  test('are the same in however many parts they come', () => {
    const text = 'one\ntwo\r\nthree';
    expect(linesOf(text)).toEqual(['one', 'two', 'three']);
    expect(linesOf(...text)).toEqual(['one', 'two', 'three']);
  });

  test('show after a carriage return what a terminal shows', () => {
    expect(linesOf('10%\r50%\r100%\n')).toEqual(['100%']);
    expect(linesOf('a long line\rshort\n')).toEqual(['shortg line']);
  });

  test('have colors as classes, from line to line, and no other escape', () => {
    const lines = new LogLines();
    lines.add('\u001b[1;31mred\nstill\u001b[0m plain \u001b[2Kgone \u001b]0;title\u0007x\u001b[38;5;99my\n');
    expect(lines.all.map(({ spans }) => spans)).toEqual([
      [{ text: 'red', color: 'ansi-red ansi-bold' }],
      [
        { text: 'still', color: 'ansi-red ansi-bold' },
        { text: ' plain ', color: null },
        { text: 'gone ', color: null },
        { text: 'x', color: null },
        { text: 'y', color: null },
      ],
    ]);
  });

  test('have no character that changes the order of reading', () => {
    expect(linesOf('a\u202eb\u0007c\n')).toEqual(['a\u2423b\u2423c']);
  });
});
