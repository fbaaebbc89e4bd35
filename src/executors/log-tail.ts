import { stripAnsi } from '../protocol/ansi.js';
import type { AttemptControl, AttemptRef } from './executor.js';

type Logs = Pick<AttemptControl, 'logs'>;

/** The first step on the way to the size of a log. */
const STEP_BYTES = 256 * 1024;
/** Enough for the last lines of a traceback. */
const TAIL_BYTES = 8 * 1024;
const MAX_LENGTH = 300;

/**
 * How many bytes a log has, which an executor need not know: found by asking whether there is more after so many, in about 40
 * steps for the largest. `atLeast`: known to be there.
 */
export async function logSize(control: Logs, attempt: AttemptRef, atLeast: number): Promise<number> {
  const hasByte = async (byte: number) => {
    for await (const part of control.logs(attempt, byte)) return part.length > 0;
    return false;
  };
  let low = atLeast;
  let step = STEP_BYTES;
  while (await hasByte(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = low + step - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await hasByte(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the line at the end of a log that says most about a failure; null when there is none, or no log. */
export async function readLastWords(control: Logs, attempt: AttemptRef): Promise<string | null> {
  try {
    const from = Math.max(0, (await logSize(control, attempt, 0)) - TAIL_BYTES);
    const parts: Uint8Array[] = [];
    for await (const part of control.logs(attempt, from)) parts.push(part);
    return lastWords(new TextDecoder().decode(Buffer.concat(parts)));
  } catch {
    return null;
  }
}

const ERROR =
  /^\s*(?:[\w.$]*(?:Error|Exception|Interrupt)\b|error\b|fatal\b|panic\b|thread .* panicked|Killed\b)|: (?:fatal )?error: |: command not found$/i;

/** A property of an error that Node prints after its stack. */
const PROPERTY = /^error: .*[,[{]$/;
const isError = (line: string) => ERROR.test(line) && !PROPERTY.test(line);

/** Returns the last line that is like an error, else the last line that is no metric; null when there is none. */
export function lastWords(log: string): string | null {
  const lines = spokenLines(log);
  const found = lines.findLast(isError) ?? lines.at(-1);
  return found === undefined ? null : found.slice(0, MAX_LENGTH);
}

/** Returns the last line that is like an error; null when there is none. */
export function lastError(log: string): string | null {
  return spokenLines(log).findLast(isError)?.slice(0, MAX_LENGTH) ?? null;
}

function spokenLines(log: string): string[] {
  return stripAnsi(log)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('METRIC '));
}
