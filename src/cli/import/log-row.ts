import type { Attrs, Direction, FinishedState } from '../../core/trial.js';

/** What a line of a log says of its trial, beside the cells of its row. */
export type LogRow = {
  /** The number of the line in the file, from 1. */
  readonly line: number;
  /** Null: it has not ended, or the line does not say how; `reason` says it. */
  readonly state: FinishedState | null;
  readonly reason: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly attrs: Attrs;
  readonly note: string | null;
  readonly tags: readonly string[];
  /** Null: when it is imported. */
  readonly finishedAtMs: number | null;
};

/** What a file of JSON lines says of its trials as a whole. */
export type Log = {
  /** The name that a new study gets; null: that of the file. */
  readonly study: string | null;
  /** Null: `--metric` or the study says it. */
  readonly metric: string | null;
  readonly direction: Direction | null;
  /** It is of an agent's loop, which has a study of its own: no sweep file describes it. */
  readonly isAgents: boolean;
  /** By row. */
  readonly rows: readonly LogRow[];
};

const SECONDS_BELOW = 1e11;
/** The last time that a date can have. */
const LATEST_MS = 8.64e15;

/** Returns a time as Unix milliseconds: seconds or milliseconds since 1970, or a date as text; null for anything else. */
export function timeOf(value: unknown): number | null {
  if (typeof value === 'number' && value > 0 && value <= LATEST_MS)
    return Math.round(value < SECONDS_BELOW ? value * 1000 : value);
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
