import type { Params, ParamValue } from '../../core/distribution.js';
import { concat, double, type Field, float, int, message, string } from '../protobuf.js';
import { maskedCrc32c } from './crc32c.js';
import type { Scalar } from './scalars.js';

/** Field numbers in TensorFlow's messages, and in those of the HParams plugin. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const VALUE = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 };
const HPARAMS = { sessionStart: 3, sessionEnd: 4 };
const START = { hparams: 1, groupName: 4, startTime: 5 };
const END = { status: 1, endTime: 2 };
const PARAM = { number: 2, text: 3, boolean: 4 };

export const STATUS = { success: 1, failure: 2 } as const;

/** Returns the first record of a file, without which no reader accepts it. */
export function versionRecord(atMs: number): Uint8Array {
  return record(atMs, 0, string(EVENT.fileVersion, 'brain.Event:2'));
}

/** Returns the record of a start. By a second one a reader forgets what earlier files of the folder said. */
export function startRecord(atMs: number): Uint8Array {
  return record(atMs, 0, message(EVENT.sessionLog, [int(1, 1)]));
}

export function scalarRecord(atMs: number, { tag, step, value }: Scalar): Uint8Array {
  const fields = [string(VALUE.tag, tag), float(VALUE.simpleValue, value)];
  return record(atMs, step, message(EVENT.summary, [message(1, fields)]));
}

/** Returns the record that begins a session: its parameters. Sessions of one `group` are one row of the table; '': none. */
export function sessionStartRecord(startedAtMs: number, params: Params, group: string): Uint8Array {
  const hparams = Object.entries(params).map(([name, value]) =>
    message(START.hparams, [string(1, name), message(2, [paramField(value)])]),
  );
  const start = [...hparams, string(START.groupName, group), double(START.startTime, startedAtMs / 1000)];
  return hparamsRecord(startedAtMs, 'session_start_info', message(HPARAMS.sessionStart, start));
}

export function sessionEndRecord(endedAtMs: number, status: number): Uint8Array {
  const end = [int(END.status, status), double(END.endTime, endedAtMs / 1000)];
  return hparamsRecord(endedAtMs, 'session_end_info', message(HPARAMS.sessionEnd, end));
}

function paramField(value: ParamValue): Field {
  if (typeof value === 'number') return double(PARAM.number, value);
  // A field of 0 is there, too: it says which kind the value has.
  if (typeof value === 'boolean') return Uint8Array.from([PARAM.boolean * 8, Number(value)]);
  return message(PARAM.text, [Buffer.from(String(value), 'utf8')]);
}

/** An empty tensor of floats: everything is in the metadata. */
const NOTHING = message(VALUE.tensor, [int(1, 1), message(2, [message(2, [])])]);

function hparamsRecord(atMs: number, name: string, content: Field): Uint8Array {
  const plugin = message(1, [string(1, 'hparams'), message(2, [content])]);
  const value = message(1, [
    string(VALUE.tag, `_hparams_/${name}`),
    NOTHING,
    message(VALUE.metadata, [plugin]),
  ]);
  return record(atMs, 0, message(EVENT.summary, [value]));
}

/** Returns an event as a record of a TFRecord file: its length and the event, each with a checksum. */
function record(atMs: number, step: number, what: Field): Uint8Array {
  const event = concat([double(EVENT.wallTime, atMs / 1000), int(EVENT.step, step), what]);
  const bytes = Buffer.allocUnsafe(event.length + 16);
  bytes.writeBigUInt64LE(BigInt(event.length), 0);
  bytes.writeUInt32LE(maskedCrc32c(bytes.subarray(0, 8)), 8);
  bytes.set(event, 12);
  bytes.writeUInt32LE(maskedCrc32c(event), 12 + event.length);
  return bytes;
}
