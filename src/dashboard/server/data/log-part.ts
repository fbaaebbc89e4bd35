import type { AttemptControl, AttemptRef } from '../../../executors/executor.js';
import { logSize } from '../../../executors/log-tail.js';
import type { LogPart } from '../../protocol.js';
import { continuedBytes, logText, wholeLength } from './log-text.js';

/** The most that one answer has. */
export const MAX_PART_BYTES = 256 * 1024;

type Wanted = {
  readonly attempt: AttemptRef;
  /** Negative: so many bytes before the end. */
  readonly from: number;
  /** Whether more may come. Read before the log: what came before an end is then in it. */
  readonly growing: boolean;
};

/** Reads a part of the log of one attempt, as far as one answer may go. */
export async function readLogPart(
  control: Pick<AttemptControl, 'logs'>,
  { attempt, from, growing }: Wanted,
): Promise<LogPart> {
  const start = from >= 0 ? from : Math.max(0, (await logSize(control, attempt, 0)) + from);
  const { bytes, isAll } = await readBytes(control, attempt, start);
  // At the beginning of the answer, since a request may begin anywhere.
  const skipped = start === 0 ? 0 : continuedBytes(bytes);
  const isLast = isAll && !growing;
  const end = isLast ? bytes.length : Math.max(skipped, wholeLength(bytes));
  return {
    text: logText(bytes.subarray(skipped, end)),
    from: start + skipped,
    next: start + end,
    size: isAll ? start + bytes.length : await logSize(control, attempt, start + bytes.length),
    growing,
  };
}

async function readBytes(
  control: Pick<AttemptControl, 'logs'>,
  attempt: AttemptRef,
  from: number,
): Promise<{ bytes: Uint8Array; isAll: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of control.logs(attempt, from)) {
    parts.push(part);
    size += part.length;
    if (size > MAX_PART_BYTES) break;
  }
  return { bytes: Buffer.concat(parts).subarray(0, MAX_PART_BYTES), isAll: size <= MAX_PART_BYTES };
}
