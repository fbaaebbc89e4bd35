import type { ServerResponse } from 'node:http';
import { compress, type Encoding } from './encoding.js';

/** What a route answers. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Encodings of the body that the server may choose; null: it is sent as it is. */
  readonly compress: Compress | null;
};

/** Returns the body in an encoding. The result may be kept for other requests. */
export type Compress = (encoding: Encoding) => Promise<Uint8Array>;

/** An answer that has no end: the route writes it. */
export type Streaming = { readonly stream: (response: ServerResponse) => void };

/** Data as JSON. Non-finite numbers, which JSON lacks, become text. */
export function json(value: unknown, status = 200): Answer {
  const plain = (_: string, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each;
  const body = new TextEncoder().encode(JSON.stringify(value, plain));
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body,
    compress: (encoding) => compress(body, encoding),
  };
}

/** Bytes of a known type. */
export function bytes(type: string, body: Uint8Array, compress: Compress | null = null): Answer {
  return { status: 200, headers: { 'Content-Type': type }, body, compress };
}
