import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { Score } from './evaluate.js';

/** The full state on which the epochs after this one depend, besides the run's settings. */
export type Snapshot = {
  /** The last finished epoch, from 1 on. */
  readonly epoch: number;
  /** Steps of the optimizer. */
  readonly steps: number;
  /** Measured after that epoch; the loss is finite. */
  readonly score: Score;
  /** The weights, then the optimizer's tensors. */
  readonly tensors: readonly Float32Array[];
};

const MAGIC = 'hpo-checkpoint 1';
/** The first line holds the checksum of all that follows it. */
const FIRST_LINE_BYTES = MAGIC.length + 1 + 64 + 1;
/** A header has a few settings and a number for each tensor; a file much longer than its tensors is no checkpoint. */
export const MAX_HEADER_BYTES = 64 * 1024;
const FLOAT_BYTES = 4;

type Header = {
  /** Identity of the run, as `runKey` writes it. */
  readonly run: string;
  readonly epoch: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
  /** Number of values in each tensor. */
  readonly sizes: readonly number[];
};

/**
 * Returns a snapshot as bytes: a line with the version and a SHA-256 of what follows, a line of JSON, then the tensors'
 * values one after another (32-bit floats in the byte order of the machine, which the JSON names).
 */
export function encodeSnapshot(run: string, { epoch, steps, score, tensors }: Snapshot): Uint8Array {
  const header: Header & { readonly bytes: string } = {
    run,
    epoch,
    steps,
    loss: score.loss,
    accuracy: score.accuracy,
    sizes: tensors.map(({ length }) => length),
    bytes: endianness(),
  };
  const values = tensors.map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...values]);
  return Buffer.concat([Buffer.from(`${MAGIC} ${sha256(body)}\n`), body]);
}

/**
 * Returns the snapshot in the bytes of a file, if it is whole and of this run; else the `problem` in words.
 * @param sizes the number of values in each tensor of the run.
 */
export function decodeSnapshot(
  bytes: Uint8Array,
  run: string,
  sizes: readonly number[],
): Snapshot | { readonly problem: string } {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = all.subarray(0, FIRST_LINE_BYTES).toString('latin1');
  if (!first.startsWith(`${MAGIC} `)) return { problem: 'is no checkpoint of this version' };
  const body = all.subarray(FIRST_LINE_BYTES);
  if (first !== `${MAGIC} ${sha256(body)}\n`) return { problem: 'is incomplete or damaged' };
  const end = body.indexOf('\n');
  // The checksum matches, so the file is as it was written.
  const header = JSON.parse(body.subarray(0, end).toString('utf8')) as Header & { readonly bytes: string };
  const wanted = { run, sizes: sizes.join(), bytes: endianness() };
  const found = { run: header.run, sizes: header.sizes.join(), bytes: header.bytes };
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    return { problem: 'belongs to another configuration, seed or backend' };
  let at = end + 1;
  const tensors = header.sizes.map((size) => {
    // Copied: the values may start at any byte, not only at a multiple of four.
    const values = Uint8Array.from(body.subarray(at, at + size * FLOAT_BYTES));
    at += size * FLOAT_BYTES;
    return new Float32Array(values.buffer);
  });
  const { epoch, steps, loss, accuracy } = header;
  return { epoch, steps, score: { loss, accuracy }, tensors };
}

/** Returns the maximum size in bytes of a checkpoint of such tensors. */
export function mostBytes(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size * FLOAT_BYTES, FIRST_LINE_BYTES + MAX_HEADER_BYTES);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
