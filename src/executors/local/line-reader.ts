import { type Context, createContext, Script } from 'node:vm';
import type { LineParser, MetricFormat } from '../../protocol/formats/format.js';
import { DEFAULT_FORMAT, makeLineParser } from '../../protocol/formats/registry.js';
import type { ParsedLine } from '../../protocol/metric.js';

/** For one line, and for all lines of one piece of output. A good pattern needs some microseconds. */
const LIMIT_MS = 100;
/** How often a line is tried. */
const TRIES = 2;
/** So many lines that took too long fail a trial: its values would not be all. */
export const MAX_LATE_LINES = 10;

/** Reads the lines of one attempt. Never throws. */
export type LineReader = {
  read(lines: readonly string[]): readonly ParsedLine[];
  /** How many lines were passed over, since they took too long. */
  readonly lateLines: number;
};

/**
 * A reader of a format. A pattern is a program that the user wrote, and some take for ever on one line: it runs under a
 * limit of time, at which V8 ends it whatever it does. Formats of ours take a time that is linear in the line.
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
      // Together, since a limit costs more than a line does. A line that the end of the limit falls on comes first next time.
      const ended = within(this.#limitMs, () => {
        while (parsed.length < lines.length) parsed.push(this.#parse(lines[parsed.length] as string));
      });
      tries = parsed.length > before ? 0 : tries + 1;
      // Twice, since a machine that was suspended or busy meanwhile looks like a slow pattern.
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

/** Runs `work` and ends it when it takes too long, in the midst of a regular expression too. */
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
