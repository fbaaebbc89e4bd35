import { logSize } from '../../executors/log-tail.js';
import { controlOf } from '../../executors/registry.js';
import type { AttemptRecord } from '../../storage/storage.js';
import { LogText } from '../logs/log-text.js';

/**
 * Returns the end of what an attempt has written, as printable lines without control sequences; null where nobody can read it.
 * A cut line at its beginning is left out.
 */
export async function readLogTail(
  trial: number,
  { token, handle }: AttemptRecord,
  mostBytes: number,
): Promise<string | null> {
  const control = await controlOf(handle);
  if (control === null) return null;
  const ref = { trial, token, handle };
  const from = Math.max(0, (await logSize(control, ref, 0)) - mostBytes);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of control.logs(ref, from)) {
    parts.push(part);
    bytes += part.length;
    // It may grow while it is read.
    if (bytes >= mostBytes) break;
  }
  const text = printableTail(Buffer.concat(parts));
  return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
}

/** Returns output of a program as printable lines. */
export function printableTail(bytes: Uint8Array): string {
  const log = new LogText({ hasColors: false });
  return log.push(bytes) + log.end();
}
