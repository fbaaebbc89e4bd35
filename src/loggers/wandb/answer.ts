import { printable } from '../../core/printable.js';

/** Nothing that is asked for has a longer answer. */
export const MAX_ANSWER_BYTES = 1024 * 1024;
/** As much of a server's words as a message quotes. */
const MAX_QUOTED = 200;

/** What a server answered, without the API key. */
export type Answer = {
  /** Null for what is no JSON: that it came is enough then. */
  readonly data: unknown;
  /** The beginning of what it says of an error, on one line; may be empty. */
  readonly said: string;
};

/**
 * Reads the body of an answer, at most its first MiB: that is counted while it comes, after decompression, and the rest is
 * not waited for. This is the one place where a server's text enters, so here the key is taken out of it.
 */
export async function readAnswer(response: Response, redact: (text: string) => string): Promise<Answer> {
  const text = await readText(response);
  const data = parse(text, redact);
  return { data, said: oneLine(nonEmpty(field(data, 'error')) ?? redact(text)) };
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

function parse(text: string, redact: (text: string) => string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? redact(value) : value));
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

/** What a server says ends up on someone's terminal: its beginning, without control characters. */
export function oneLine(said: string): string {
  const plain = said.replaceAll(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return printable(plain.slice(0, MAX_QUOTED));
}
