import { closeSync, openSync, readSync } from 'node:fs';
import { BLOCK, FILE_HEAD, FIRST, FULL, HEAD, LAST } from './record-log.js';

/** Yields the records of a file that `RecordLog` wrote, which is never in memory as a whole. */
export function* readRecords(file: string): Generator<Buffer> {
  const from = openSync(file, 'r');
  try {
    const block = Buffer.alloc(BLOCK);
    let parts: Buffer[] = [];
    for (let position = 0; ; position += BLOCK) {
      const length = readSync(from, block, 0, BLOCK, position);
      for (let at = position === 0 ? FILE_HEAD.length : 0; at + HEAD <= length; ) {
        const size = block.readUInt16LE(at + 4);
        const kind = block.readUInt8(at + 6);
        if (kind === FULL || kind === FIRST) parts = [];
        parts.push(Buffer.from(block.subarray(at + HEAD, at + HEAD + size)));
        if (kind === FULL || kind === LAST) yield Buffer.concat(parts);
        at += HEAD + size;
      }
      if (length < BLOCK) return;
    }
  } finally {
    closeSync(from);
  }
}

type Part = { readonly field: number; readonly value: number; readonly bytes: Buffer };

/** Yields the fields of a message of integers and of fields with a length, which are all that records have. */
function* partsOf(data: Buffer): Generator<Part> {
  for (let at = 0; at < data.length; ) {
    const tag = varint(data, at);
    const number = varint(data, tag.end);
    const isInt = tag.value % 8 === 0;
    const end = isInt ? number.end : number.end + number.value;
    yield {
      field: Math.floor(tag.value / 8),
      value: number.value,
      bytes: isInt ? Buffer.alloc(0) : data.subarray(number.end, end),
    };
    at = end;
  }
}

function varint(data: Buffer, from: number): { readonly value: number; readonly end: number } {
  let [value, factor, at] = [0, 1, from];
  for (;;) {
    const byte = data.readUInt8(at++);
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte < 128) return { value, end: at };
  }
}

/** Returns the field number of the message in a record, and the message. */
export function messageIn(record: Buffer): { readonly field: number; readonly body: Buffer } {
  const { field, bytes } = [...partsOf(record)].at(-1) ?? { field: 0, bytes: Buffer.alloc(0) };
  return { field, body: bytes };
}

/** Returns the step and the runtime of a history message. */
export function placeOf(history: Buffer): { readonly lastStep: number; readonly runtimeS: number } {
  let [lastStep, runtimeS] = [0, 0];
  for (const { field, bytes } of partsOf(history)) {
    if (field === 2) lastStep = [...partsOf(bytes)][0]?.value ?? 0;
    else {
      const [key, value] = [...partsOf(bytes)].map((part) => part.bytes.toString('utf8'));
      if (key === '_runtime') runtimeS = Number(value);
    }
  }
  return { lastStep, runtimeS };
}
