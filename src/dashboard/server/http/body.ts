import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/** Notes have at most 20,000 characters, of up to 12 bytes each where all are escaped. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * Returns the JSON object in the body of a request.
 * @throws Refusal for another content type, for a body that is too large, and for one that is no JSON object.
 */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const type = String(request.headers['content-type'] ?? '').toLowerCase();
  if (!/^application\/json\s*(;\s*charset=utf-8\s*)?$/.test(type))
    throw new Refusal(415, 'dashboard.content-type', 'expected the content type application/json');
  if (request.headers['content-encoding'] !== undefined)
    throw new Refusal(415, 'dashboard.content-type', 'expected a body without a content encoding');
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  return parse(Buffer.concat(parts));
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    value = null;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new Refusal(400, 'dashboard.body', 'expected a JSON object');
}

/** The rest of the body is not read: the connection is closed. */
function tooLarge(): Refusal {
  return new Refusal(413, 'dashboard.body', `expected at most ${MAX_BODY_BYTES} bytes`, {
    headers: { Connection: 'close' },
  });
}
