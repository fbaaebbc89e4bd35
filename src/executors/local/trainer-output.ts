import { stripAnsi } from '../../protocol/ansi.js';
import { LineSplitter } from '../../protocol/lines.js';
import type { MetricEntry } from '../../protocol/metric.js';
import { type StepPoint, StepTracker } from '../../protocol/steps.js';
import type { RunHooks } from '../executor.js';
import { broken } from './limits.js';
import { type LineReader, MAX_LATE_LINES, makeLineReader } from './line-reader.js';

const TAIL_LINES = 20;
const MAX_TAIL_LINE_LENGTH = 1000;
/** A trainer that does everything wrong must not flood the sweep's log. */
const MAX_WARNINGS = 20;
/** The most values of one trial: all are kept in memory while it runs, and in the database for good. */
export const MAX_VALUES = 1_000_000;

/**
 * How an output ended. `by-itself`: the trainer has written all that it had to say. `killed`: it may have been about to write the rest
 * of a line. `unknown`: nobody saw its end.
 */
export type OutputEnd = 'by-itself' | 'killed' | 'unknown';

/** Turns a trainer's output into points and warnings for the hooks, and keeps the last lines. */
export class TrainerOutput {
  readonly #hooks: Pick<RunHooks, 'report' | 'drain' | 'warn'>;
  readonly #reader: LineReader;
  readonly #splitter = new LineSplitter();
  #steps: StepTracker;
  readonly #inherited: readonly string[];
  readonly #restartMark: string | null;
  readonly #tail: string[] = [];
  #warnings = 0;
  #droppedLines = 0;
  #metricLines = 0;
  #values = 0;
  /** Values that count if no later line has others. */
  #candidates: readonly MetricEntry[] = [];

  /**
   * `inherited`: metrics that earlier attempts reported with explicit steps. `restartMark`: a line after which the trainer
   * begins again within the same attempt, so that steps are counted from there; null: it never does.
   */
  constructor(
    hooks: Pick<RunHooks, 'report' | 'drain' | 'warn'>,
    reader: LineReader = makeLineReader(),
    inherited: readonly string[] = [],
    restartMark: string | null = null,
  ) {
    this.#hooks = hooks;
    this.#inherited = inherited;
    this.#restartMark = restartMark;
    this.#steps = new StepTracker(inherited);
    this.#reader = reader;
  }

  /** How many METRIC lines have come, malformed ones included: a trainer that prints them makes progress. */
  get metricLines(): number {
    return this.#metricLines;
  }

  /** It printed more values than are kept of one trial. No more are passed on. */
  get isFlooded(): boolean {
    return this.#values > MAX_VALUES;
  }

  /** Why its output cannot all be read, in words that follow "the trial"; null: it can. */
  get broken(): string | null {
    if (this.isFlooded) return broken.values(MAX_VALUES);
    return this.#reader.lateLines < MAX_LATE_LINES ? null : broken.pattern(MAX_LATE_LINES);
  }

  push(chunk: Uint8Array): void {
    this.#read(this.#splitter.push(chunk));
  }

  /** Resolves when the next chunk is welcome. */
  async ready(): Promise<void> {
    await this.#hooks.drain();
  }

  /**
   * The end of the output. An unterminated last line counts only where its trainer ended by itself: what a killed one left may be half
   * a number. Candidates do not count where nobody knows the end, since later lines would have had others.
   */
  end(how: OutputEnd): void {
    const rest = this.#splitter.flush();
    if (how === 'by-itself') this.#read(rest);
    else for (const line of rest) this.#remember(line);
    const candidates = how === 'unknown' ? [] : this.#candidates;
    const points = candidates.map(([name, value]) => ({ name, step: null, value }));
    if (points.length > 0) this.#hooks.report(points);
    const hidden = this.#warnings - MAX_WARNINGS;
    if (hidden > 0) this.#hooks.warn(`${hidden} more warnings of this trial are not shown; see its log`);
  }

  warn(message: string): void {
    this.#warnings++;
    if (this.#warnings <= MAX_WARNINGS) this.#hooks.warn(message);
  }

  /** Returns the last 20 lines, without control characters: they may be shown on a terminal. */
  tail(): string[] {
    return this.#tail.map((line) =>
      stripAnsi(line).replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ''),
    );
  }

  #read(lines: readonly string[]): void {
    const at = this.#restartMark === null ? -1 : lines.indexOf(this.#restartMark);
    this.#parse(at < 0 ? lines : lines.slice(0, at));
    if (at < 0) return;
    this.#steps = new StepTracker(this.#inherited);
    this.#read(lines.slice(at + 1));
  }

  #parse(lines: readonly string[]): void {
    const points: StepPoint[] = [];
    for (const line of lines) this.#remember(line);
    for (const parsed of this.broken === null ? this.#reader.read(lines) : []) {
      if (parsed.kind === 'log' || this.isFlooded) continue;
      this.#metricLines++;
      if (parsed.kind === 'candidate') {
        this.#candidates = parsed.entries;
        continue;
      }
      this.#values += parsed.entries.length;
      if (this.isFlooded) continue;
      if (parsed.kind === 'malformed') this.warn(`malformed METRIC line: ${parsed.reason}`);
      const tracked = this.#steps.track(parsed.entries);
      points.push(...tracked.points);
      for (const warning of tracked.warnings) this.warn(warning);
    }
    if (this.#splitter.droppedLines > this.#droppedLines) {
      this.warn(`skipped a line of more than 64 KiB (${this.#splitter.droppedLines} in all)`);
      this.#droppedLines = this.#splitter.droppedLines;
    }
    if (points.length > 0) this.#hooks.report(points);
  }

  #remember(line: string): void {
    this.#tail.push(line.slice(0, MAX_TAIL_LINE_LENGTH));
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }
}
