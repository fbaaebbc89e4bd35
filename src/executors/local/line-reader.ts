import { type Context, createContext, Script } from 'node:vm';
import type { LineParser, MetricFormat } from '../../protocol/formats/format.js';
import { DEFAULT_FORMAT, makeLineParser } from '../../protocol/formats/registry.js';
import type { ParsedLine } from '../../protocol/metric.js';

/** The time limit for one line, and for all lines of one piece of output. A good pattern needs some microseconds. */
const LIMIT_MS = 100;
/** How often a line is tried. */
const TRIES = 2;
/** This many lines that took too long fail a trial: some of its values would be missing. */
export const MAX_LATE_LINES = 10;

/** Reads the lines of one attempt. Never throws. */
export type LineReader = {
  read(lines: readonly string[]): readonly ParsedLine[];
  /** How many lines were skipped because they took too long. */
  readonly lateLines: number;
};

/**
 * Returns a reader of a format. A pattern is a program that the user wrote, and some never finish on a line. It runs under a
 * time limit, at which V8 ends it. The built-in formats take a time that is linear in the line.
 */
export function makeLineReader(format: MetricFormat = DEFAULT_FORMAT, limitMs = LIMIT_MS): LineReader {
  const parse = makeLineParser(format);
  if (format.pattern === undefined) return { read: (lines) => lines.map(parse), lateLines: 0 };
  return new LimitedReader(parse, limitMs);
}

class LimitedReader implements LineReader {
  readonly #parse: LineParser;
  readonly #limitMs: number;
  lateLines = 0;

  constructor(parse: LineParser, limitMs: number) {
    this.#parse = parse;
    this.#limitMs = limitMs;
  }

  read(lines: readonly string[]): readonly ParsedLine[] {
    const parsed: ParsedLine[] = [];
    let tries = 0;
    while (parsed.length < lines.length && this.lateLines < MAX_LATE_LINES) {
      const before = parsed.length;
      // Together, since a limit costs more than a line. The line on which the limit ends is the first of the next try.
      const ended = within(this.#limitMs, () => {
        while (parsed.length < lines.length) parsed.push(this.#parse(lines[parsed.length] as string));
      });
      tries = parsed.length > before ? 0 : tries + 1;
      // Twice, since a machine that was suspended or busy looks like a slow pattern.
      if (ended === 'late' && tries < TRIES) continue;
      if (ended !== 'done') parsed.push(this.#passOver(lines[parsed.length] as string, ended));
      tries = 0;
    }
    return parsed;
  }

  #passOver(line: string, why: string): ParsedLine {
    this.lateLines++;
    const what = why === 'late' ? `takes more than ${this.#limitMs} ms` : `fails (${why})`;
    return {
      kind: 'malformed',
      reason: `the pattern ${what} on a line of ${line.length} characters`,
      entries: [],
    };
  }
}

const sandbox: { work: () => void } = { work: () => {} };
const script = new Script('work()');
let context: Context | null = null;

/** Runs `work` and ends it when it takes too long, even inside a regular expression. */
function within(limitMs: number, work: () => void): 'done' | 'late' | string {
  context ??= createContext(sandbox);
  sandbox.work = work;
  try {
    script.runInContext(context, { timeout: limitMs });
    return 'done';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'late' : message;
  } finally {
    sandbox.work = () => {};
  }
}
