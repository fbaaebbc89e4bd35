import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type HpoError, usageError } from '../core/errors.js';
import { codeOf } from '../core/system-error.js';

/** More than a person writes. A larger file is the wrong one, and would keep the parser busy for long. */
const MAX_BYTES = 1024 * 1024;

/**
 * Returns the text of a YAML file. `shown` is its name in errors.
 * @throws HpoError (usage) config.not-found, config.unreadable, config.too-large or config.not-text.
 */
export async function readText(path: string, shown: string): Promise<string> {
  let bytes: Buffer;
  try {
    // Nonblocking: opening a FIFO would wait for a writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      bytes = await readFile(file, shown);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw usageError('config.not-found', `there is no file ${shown}`);
    if (code?.startsWith('config.')) throw cause;
    throw unreadable(shown, (cause as Error).message, cause);
  }
  return decode(bytes, shown);
}

async function readFile(file: FileHandle, shown: string): Promise<Buffer> {
  const found = await file.stat();
  if (found.isDirectory()) throw unreadable(shown, 'it is a folder');
  if (!found.isFile()) throw unreadable(shown, 'it is not a regular file');
  const bytes = Buffer.alloc(MAX_BYTES + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    length += bytesRead;
    if (bytesRead === 0 || length === bytes.length) break;
  }
  if (length > MAX_BYTES)
    throw usageError('config.too-large', 'expected at most 1 MiB of YAML, got more', {
      fix: 'check the path; use a range instead of long lists of values',
      place: { file: shown },
    });
  return bytes.subarray(0, length);
}

function unreadable(shown: string, why: string, cause?: unknown): HpoError {
  return usageError('config.unreadable', `${shown} cannot be read: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
  });
}

function decode(bytes: Buffer, shown: string): string {
  const zero = bytes.indexOf(0);
  try {
    if (zero < 0) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Reported below, with the position of the invalid byte.
  }
  const [line, column] = placeOf(bytes, zero < 0 ? firstInvalid(bytes) : zero);
  throw usageError('config.not-text', 'expected YAML text in UTF-8, got binary data', {
    fix: 'check the path, and save the file as UTF-8 text',
    place: { file: shown, line, column },
  });
}

/** Returns the index of the first invalid UTF-8 byte, by bisection: text valid up to a position is valid up to every earlier one. */
function firstInvalid(bytes: Buffer): number {
  let [right, wrong] = [0, bytes.length];
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    try {
      // As a stream: a character may continue after the middle.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      right = middle;
    } catch {
      wrong = middle;
    }
  }
  // An incomplete character is invalid from its first byte.
  let start = wrong - 1;
  while (start > Math.max(0, wrong - 4) && ((bytes[start - 1] ?? 0) & 0xc0) === 0x80) start--;
  const begun = start > 0 && (bytes[start - 1] ?? 0) >= 0xc0 ? start - 1 : wrong - 1;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(begun, wrong - 1));
    return wrong - 1;
  } catch {
    return begun;
  }
}

function placeOf(bytes: Buffer, at: number): [line: number, column: number] {
  const before = bytes.toString('utf8', 0, at).split('\n');
  return [before.length, (before.at(-1) ?? '').length + 1];
}
