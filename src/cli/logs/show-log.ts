import { setTimeout as sleep } from 'node:timers/promises';
import { findTrial } from '../../control/find-trial.js';
import { type HpoError, usageError } from '../../core/errors.js';
import { printableLine } from '../../core/printable.js';
import { isFinished } from '../../core/trial.js';
import { handleKind } from '../../executors/handle.js';
import { controlOf, findExecutor } from '../../executors/registry.js';
import { placeOfAttempt } from '../../executors/study-outputs.js';
import { placeText } from '../../loggers/event-messages.js';
import { cutTo, glyphsOf } from '../../loggers/terminal/fit.js';
import type { AttemptRecord, Storage, StudyRecord } from '../../storage/storage.js';
import { attemptsHere } from '../attempts-here.js';
import { printError } from '../output.js';
import { hasColors } from '../table/style.js';
import { LogText } from './log-text.js';

export type LogQuery = {
  readonly trial: number;
  /** Null: the newest one, and when following those after it. */
  readonly attempt: number | null;
  readonly follow: boolean;
};

/** How often a log that is followed is read again. */
const LOOK_MS = 250;

/** Receives output; resolves to false when its reader is gone. */
export type Sink = {
  write(part: Uint8Array): Promise<boolean>;
  /** Nothing more is there for now: shows a line that has no end yet. */
  rest(): Promise<boolean>;
  end(): Promise<boolean>;
};

/**
 * Prints the output of a trial's attempt, and follows it until the attempt has ended. @throws HpoError trial.not-found,
 * logs.no-attempt (usage).
 */
export async function showLog(
  storage: Storage,
  record: StudyRecord,
  query: LogQuery,
  sink: Sink,
): Promise<void> {
  const { trial } = query;
  const { id, handle } = await findTrial(storage, record, trial);
  const attempts = await storage.attempts({ trialId: id });
  let attempt = chooseAttempt(attempts, query);
  if (attempt === null && !query.follow) return printError(whyNoLog(trial, handle));
  let bytes = 0;
  while (true) {
    if (attempt !== null) {
      const shown = await followAttempt({ storage, record, query, attempt, sink });
      if (shown === null) return;
      bytes += shown;
    }
    if (!query.follow || query.attempt !== null) break;
    const next = await nextAttempt(storage, record, trial, attempt?.attempt ?? 0);
    if (next === null) break;
    if (next.attempt > 1) printError(`attempt ${next.attempt} of trial ${trial}`);
    attempt = next;
  }
  if (bytes === 0) printError(whyNoLog(trial, attempt?.handle ?? handle));
}

/** Returns the attempt that is asked for; null where the trial has none. @throws HpoError logs.no-attempt (usage). */
export function chooseAttempt(
  attempts: readonly AttemptRecord[],
  { trial, attempt }: LogQuery,
): AttemptRecord | null {
  if (attempt === null) return attempts.at(-1) ?? null;
  const found = attempts.find((each) => each.attempt === attempt);
  if (found) return found;
  throw noAttempt(trial, attempt, attempts.length);
}

function noAttempt(trial: number, attempt: number, count: number): HpoError {
  const has = count === 0 ? 'no attempt' : count === 1 ? 'one attempt' : `${count} attempts`;
  return usageError(
    'logs.no-attempt',
    `expected an attempt of trial ${trial}, which has had ${has}, got ${attempt}`,
  );
}

type Followed = {
  readonly storage: Storage;
  readonly record: StudyRecord;
  readonly query: LogQuery;
  readonly attempt: AttemptRecord;
  readonly sink: Sink;
};

/** Prints one attempt from its first byte. Returns how many bytes there were; null when the reader is gone. */
async function followAttempt({
  storage,
  record,
  query: { trial, follow },
  attempt,
  sink,
}: Followed): Promise<number | null> {
  const control = await controlOf(attempt.handle);
  if (control === null) return 0;
  const here = attemptsHere(storage, record);
  let at = 0;
  let isPlaced = false;
  while (true) {
    // Asked each time: the folder of an attempt that has not begun may appear in either place.
    const { token, handle } = await here(attempt);
    const place = placeOfAttempt(handle);
    if (!isPlaced && place.host !== null)
      printError(`attempt ${attempt.attempt} of trial ${trial}: ${printableLine(placeText(place))}`);
    isPlaced ||= place.host !== null;
    // Asked before reading, so that nothing is missed that was written before the end.
    const hasEnded = !follow || (await endedOf(storage, attempt));
    const read = await copy(control.logs({ trial, token, handle }, at), sink);
    if (read === null) return null;
    at += read;
    if (hasEnded) return (await sink.end()) ? at : null;
    if (read > 0) continue;
    if (!(await sink.rest())) return null;
    await sleep(LOOK_MS);
  }
}

async function copy(log: AsyncIterable<Uint8Array>, sink: Sink): Promise<number | null> {
  let read = 0;
  for await (const part of log) {
    if (!(await sink.write(part))) return null;
    read += part.length;
  }
  return read;
}

async function endedOf(storage: Storage, { id }: AttemptRecord): Promise<boolean> {
  const [now] = await storage.attempts({ attemptId: id });
  return now === undefined || now.finishedAtMs !== null;
}

/** Waits for the next attempt of a trial; null when the trial is finished without one. */
async function nextAttempt(
  storage: Storage,
  record: StudyRecord,
  trial: number,
  after: number,
): Promise<AttemptRecord | null> {
  while (true) {
    const { id, state } = await findTrial(storage, record, trial);
    const next = (await storage.attempts({ trialId: id })).find(({ attempt }) => attempt > after);
    if (next) return next;
    if (isFinished(state)) return null;
    await sleep(LOOK_MS);
  }
}

/** Returns why nothing of a trial is shown. */
export function whyNoLog(trial: number, handle: string | null): string {
  if (handle === null) return `trial ${trial} has no log: hpo has not run it`;
  if (handleKind(handle) === 'function')
    return `trial ${trial} has no log: it ran as a function of a program`;
  if (findExecutor(handleKind(handle))) return `trial ${trial} has written no output`;
  return `trial ${trial} has no log that this version of hpo can read (executor ${handleKind(handle)})`;
}

/** Where a log goes: unchanged into a pipe or a file, as printable text on a terminal. */
export function sinkTo(stream: NodeJS.WriteStream, env: Readonly<Record<string, string | undefined>>): Sink {
  const send = (data: Uint8Array | string) =>
    new Promise<boolean>((resolve) => {
      stream.write(data, (error) => resolve(!error));
    });
  if (!stream.isTTY) return { write: send, rest: async () => true, end: async () => true };
  const text = new LogText({ hasColors: hasColors(stream, env) });
  const glyphs = glyphsOf(env);
  let shown = '';
  const replace = (whole: string) => {
    const before = shown === '' ? '' : ERASE_LINE;
    shown = '';
    return send(before + whole);
  };
  return {
    write: (part) => {
      const lines = text.push(part);
      return lines === '' ? Promise.resolve(true) : replace(lines);
    },
    rest: async () => {
      // A line that wraps could not be erased.
      const line = cutTo(text.unfinished(), (stream.columns || 80) - 1, glyphs);
      if (env.TERM === 'dumb' || line === shown) return true;
      const sent = await replace(line);
      shown = line;
      return sent;
    },
    end: () => replace(text.end()),
  };
}

const ERASE_LINE = '\r\u001b[K';
