import { performance } from 'node:perf_hooks';
import { type Emit, makeEmitter, type SweepEvent } from '../study/events.js';
import type { Logger } from './logger.js';
import type { StudyInfo, StudyReader } from './study-reader.js';

export type NamedLogger = { readonly name: string; readonly logger: Logger };

/** Loggers that show the messages of the others. */
const SHOW_MESSAGES: ReadonlySet<string> = new Set(['terminal', 'sweep-log']);

/** How long a logger may take, in milliseconds. */
export type GroupLimits = {
  /** For `open`, each. */
  readonly openMs: number;
  /** For `flush`, all together: a table of a million trials takes its time. */
  readonly flushMs: number;
  /** A logger that ignores the limit of `close` is abandoned this much later. */
  readonly graceMs: number;
};

const LIMITS: GroupLimits = { openMs: 30_000, flushMs: 300_000, graceMs: 2000 };

/**
 * The loggers of one sweep. No logger can end the sweep or keep it waiting: what one throws is caught, and whatever takes too
 * long is abandoned. `report` receives the first fault of each logger.
 */
export class LoggerGroup {
  readonly #all: readonly NamedLogger[];
  readonly #limits: GroupLimits;
  readonly #report: (name: string, error: unknown) => void;
  #open: readonly NamedLogger[] = [];
  #emit: Emit = () => {};

  constructor(
    all: readonly NamedLogger[],
    report: (name: string, error: unknown) => void,
    limits: GroupLimits = LIMITS,
  ) {
    const reported = new Set<string>();
    this.#all = all;
    this.#limits = limits;
    this.#report = (name, error) => {
      if (reported.has(name)) return;
      reported.add(name);
      report(name, error);
    };
  }

  /** Opens the loggers one after another. One that fails or takes too long receives no events. */
  async open(study: StudyInfo, reader: StudyReader): Promise<void> {
    const open: NamedLogger[] = [];
    for (const each of this.#all) {
      const { name, logger } = each;
      const isOpen = await this.#run(name, 'open', () => logger.open(study, reader), this.#limits.openMs);
      if (isOpen) open.push(each);
    }
    this.#open = open;
    const subscribers = open.map(({ name, logger }) => ({
      name,
      on: (event: SweepEvent) => logger.on(event),
    }));
    this.#emit = makeEmitter(subscribers, this.#report);
  }

  /** Passes an event to every open logger. Never throws. */
  readonly emit: Emit = (event) => this.#emit(event);

  /** Returns the names of the loggers whose output stays incomplete. Never rejects. */
  async flush(): Promise<ReadonlySet<string>> {
    const incomplete = new Set<string>();
    const flushed = this.#open.map(({ name, logger }) => {
      // The logger has reported why.
      const flush = () => logger.flush().catch(() => incomplete.add(name));
      return this.#run(name, 'flush', flush, this.#limits.flushMs).then((isDone) => {
        if (!isDone) incomplete.add(name);
      });
    });
    await Promise.all(flushed);
    return incomplete;
  }

  /**
   * Closes the loggers in reverse order, within `limitMs` for all of them, or soon after `leave`: somebody wants hpo to end. They
   * close beside each other, since several may wait for a server; those that show the messages of the others close last, one
   * after another. Never rejects.
   */
  async close(limitMs: number, leave: AbortSignal): Promise<void> {
    const endMs = performance.now() + limitMs;
    const close = ({ name, logger }: NamedLogger) => {
      const leftMs = leave.aborted ? 0 : Math.max(0, endMs - performance.now());
      const work = () => closeUntil(logger, leftMs, leave);
      return this.#run(name, 'close', work, leftMs + this.#limits.graceMs, leave);
    };
    const all = this.#open.toReversed();
    await Promise.all(all.filter(({ name }) => !SHOW_MESSAGES.has(name)).map(close));
    for (const each of all.filter(({ name }) => SHOW_MESSAGES.has(name))) await close(each);
    this.#open = [];
    this.#emit = () => {};
  }

  /** Returns whether the work was done within `limitMs`, and within the grace after `leave`. Never rejects. */
  async #run(
    name: string,
    action: string,
    work: () => Promise<unknown>,
    limitMs: number,
    leave?: AbortSignal,
  ): Promise<boolean> {
    const { graceMs } = this.#limits;
    const stop = new AbortController();
    const done = (async () => {
      try {
        await work();
        return true;
      } catch (error) {
        this.#report(name, error);
        return false;
      }
    })();
    const late = new Promise<null>((resolve) => {
      let timer = setTimeout(resolve, limitMs, null);
      const shorten = () => {
        clearTimeout(timer);
        timer = setTimeout(resolve, Math.min(limitMs, graceMs), null);
      };
      leave?.addEventListener('abort', shorten, { signal: stop.signal });
      stop.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const isDone = await Promise.race([done, late]);
    stop.abort();
    if (isDone === null) this.#report(name, new Error(`${action} did not finish in time`));
    return isDone ?? false;
  }
}

async function closeUntil(logger: Logger, limitMs: number, leave: AbortSignal): Promise<void> {
  const closed = new AbortController();
  const hurry = new Promise<void>((resolve, reject) => {
    leave.addEventListener('abort', () => logger.close(0).then(resolve, reject), { signal: closed.signal });
  });
  try {
    await Promise.race([logger.close(limitMs), hurry]);
  } finally {
    closed.abort();
  }
}
