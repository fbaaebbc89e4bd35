import { keepColors } from '../../../protocol/ansi.js';

/** The longest start of a control sequence that is kept back until its end comes. */
const LONGEST_SEQUENCE = 1_024;
/** Control characters apart from tab, newline, carriage return and ESC; marks that change the direction of text. */
const CONTROLS =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** An ESC that begins no color. */
const LONE_ESCAPE = /\u001b(?!\[[0-9;:]*m)/g;
const NEWLINE = 0x0a;
const ESCAPE = 0x1b;

/** Returns a part of a log as the page may show it: no control characters but line ends, tabs and colors. */
export function logText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  return keepColors(text).replace(CONTROLS, '').replace(LONE_ESCAPE, '');
}

/** How many bytes belong to a character that began before these. */
export function continuedBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && count < bytes.length && isContinuation(bytes[count] as number)) count++;
  return count;
}

/** How many bytes to take, so that neither the last character nor the last control sequence is cut in two. */
export function wholeLength(bytes: Uint8Array): number {
  const end = wholeCharacters(bytes);
  const from = Math.max(0, end - LONGEST_SEQUENCE);
  for (let at = end - 1; at >= from; at--) {
    if (bytes[at] === NEWLINE) break;
    if (bytes[at] === ESCAPE) return isEnded(bytes.subarray(at, end)) || at === 0 ? end : at;
  }
  return end;
}

function isEnded(sequence: Uint8Array): boolean {
  const text = new TextDecoder('latin1').decode(sequence);
  if (text.startsWith('\u001b[')) return /^\u001b\[[0-?]*[ -/]*[@-~]/.test(text);
  if (text.startsWith('\u001b]')) return /\u0007|\u001b\\/.test(text.slice(2));
  return text.length > 1;
}

function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;
