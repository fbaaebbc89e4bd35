import { type AttemptLimits, broken } from './limits.js';

/** Looks further apart than this are a gap: hpo was suspended, or the whole machine was. */
const MAX_GAP_MS = 10_000;
const MAX_LOOK_MS = 250;
/** The shortest limit holds at least this many looks, and this many gaps. */
const LOOKS_PER_LIMIT = 10;
const GAPS_PER_LIMIT = 2;

/** What was seen at one moment, after the log had been read to its end. */
export type Look = {
  /** Time of day, ms since 1970. It may jump, and it advances while the machine sleeps. */
  readonly wallMs: number;
  /** A clock that never jumps, in ms. On Linux it stands still while the machine sleeps. */
  readonly steadyMs: number;
  /** When the log last changed, as time of day. */
  readonly logChangedMs: number;
  /** METRIC lines so far. */
  readonly metricLines: number;
};

/** What is known of the time before the first look. */
export type Beginning = {
  /** When the attempt was started, as time of day, by this orchestrator or by one that has ended. */
  readonly startedAtMs: number;
  /** An orchestrator that has ended started it. */
  readonly isReattached: boolean;
  /** The longest time that the machine may have slept since the start; infinite where nobody can tell. */
  readonly maxSleptMs: number;
};

/**
 * Measures how long an attempt has run, and for how long it has printed no METRIC line. Only witnessed time counts: hpo
 * looked often, or the log changed. A trainer must never be ended because hpo or the whole machine slept:
 *
 * - Between two looks that follow each other closely all the time counts, by the steady clock.
 * - Over a gap (Ctrl-Z and fg, a laptop that slept, a clock that was set) the running time counts up to the log's last
 *   change, and no more than the steady clock advanced, because only then was the trainer seen to run. The silence
 *   starts again from zero: a trainer that slept too gets another full interval.
 * - A reattached attempt ran from its recorded start to its log's last change, less what the machine may have slept
 *   since. Its silence starts from zero too.
 *
 * So a limit may take effect late, by one interval after each gap, and never early.
 */
export class AttemptClock {
  readonly #limits: AttemptLimits;
  readonly #beginning: Beginning;
  #last: Look | null = null;
  #ranMs = 0;
  #silentMs = 0;

  constructor(limits: AttemptLimits, beginning: Beginning) {
    this.#limits = limits;
    this.#beginning = beginning;
  }

  /** Records what was seen. Returns the limit that is broken, in words, or null. */
  look(now: Look): string | null {
    if (this.#last === null) this.#ranMs = this.#ranBefore(now);
    else this.#note(now, this.#last);
    this.#last = now;
    const { trialTimeoutMs, noProgressTimeoutMs } = this.#limits;
    if (trialTimeoutMs !== null && this.#ranMs > trialTimeoutMs) return broken.trialTimeout(trialTimeoutMs);
    if (noProgressTimeoutMs !== null && this.#silentMs > noProgressTimeoutMs)
      return broken.noProgress(noProgressTimeoutMs);
    return null;
  }

  #ranBefore(now: Look): number {
    const { startedAtMs, isReattached, maxSleptMs } = this.#beginning;
    if (!isReattached) return 0;
    const lastSign = Math.min(now.logChangedMs, now.wallMs);
    return Math.max(0, lastSign - startedAtMs - maxSleptMs);
  }

  #note(now: Look, last: Look): void {
    const passedMs = Math.max(0, now.steadyMs - last.steadyMs);
    const jumpedMs = now.wallMs - last.wallMs - passedMs;
    const signMs = Math.min(now.logChangedMs, now.wallMs);
    // Each time: the limits may change while the attempt runs.
    const gapMs = Math.min(MAX_GAP_MS, shortest(this.#limits) / GAPS_PER_LIMIT);
    if (passedMs > gapMs || jumpedMs > gapMs) {
      const knowsSleep = Number.isFinite(this.#beginning.maxSleptMs);
      this.#ranMs += knowsSleep ? clamp(signMs - last.wallMs, passedMs) : 0;
      this.#silentMs = 0;
      return;
    }
    this.#ranMs += passedMs;
    // The last METRIC line came no later than the log's last change.
    if (now.metricLines > last.metricLines) this.#silentMs = clamp(now.wallMs - signMs, passedMs);
    else this.#silentMs += passedMs;
  }
}

/** Returns how long to wait from one look to the next, in ms. */
export function lookEveryMs(limits: AttemptLimits): number {
  return Math.min(MAX_LOOK_MS, Math.max(1, shortest(limits) / LOOKS_PER_LIMIT));
}

function shortest({ trialTimeoutMs, noProgressTimeoutMs }: AttemptLimits): number {
  return Math.min(
    trialTimeoutMs ?? Number.POSITIVE_INFINITY,
    noProgressTimeoutMs ?? Number.POSITIVE_INFINITY,
  );
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most);
}
