import { printable } from '../../core/printable.js';

/** No answer that the client needs is longer. */
export const MAX_ANSWER_BYTES = 1024 * 1024;
/** A message quotes at most this much of a server's text. */
const MAX_QUOTED = 200;

/** The answer of a server. */
export type Answer = {
  /** As it was sent; it may have secrets. Null when the answer is no JSON; its arrival is then enough. */
  readonly data: unknown;
  /** The beginning of its error message, on one line and without secrets; may be empty. */
  readonly said: string;
};

/**
 * Reads the body of an answer, at most its first MiB, counted after decompression. It does not wait for the rest. `redact`
 * removes secrets from what is shown: in ids and codes a part may only look like one.
 */
export async function readAnswer(response: Response, redact: (text: string) => string): Promise<Answer> {
  const text = await readText(response);
  const data = parse(text);
  const error = nonEmpty(field(data, 'error')) ?? nonEmpty(field(data, 'message'));
  return { data, said: oneLine(redact(error ?? text)) };
}

async function readText({ body }: Response): Promise<string> {
  if (body === null) return '';
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the stream, which closes the connection.
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  return new TextDecoder().decode(Buffer.concat(pieces).subarray(0, MAX_ANSWER_BYTES));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

export function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Returns the beginning of a server's text without control characters, since it is shown on a terminal. */
export function oneLine(said: string): string {
  const plain = said.replaceAll(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return printable(plain.slice(0, MAX_QUOTED));
}
