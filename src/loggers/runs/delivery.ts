import pLimit from 'p-limit';
import { messageOf } from '../../core/errors.js';
import { Refused, Stopped } from '../http/client.js';
import { settleWithin } from '../settle-within.js';
import type { Journal, RunHead } from './journal.js';
import { DeliveredRun } from './run.js';

/** Runs that are delivered at the same time. While a server is unreachable the others wait here and cost nothing. */
const CONCURRENCY = 256;
/** A wait at the end of the sweep that is longer than this is explained to the user. */
const SILENT_MS = 2000;
/** How long stopped requests may take to end. */
const STOP_MS = 1000;

/** How journals reach a service. */
export type Transport<H extends RunHead, E> = {
  /** Name of the service, for messages. */
  readonly service: string;
  /** Resolves when the journal is delivered and removed, or when this process can do no more. */
  readonly follow: (run: DeliveredRun<H, E>) => Promise<void>;
  /** Shortens pauses: somebody waits for the end. */
  readonly hurry: () => void;
  /** Sends nothing more and ends every `follow`. */
  readonly stop: () => void;
  /** Resolves when it is not worth waiting the whole limit for the rest, at the end of a sweep. */
  readonly hopeless: (limitMs: number) => Promise<void>;
  /** Returns the current obstacle, or null. */
  readonly trouble: () => string | null;
  /** What happens to undelivered runs, for messages. */
  readonly later: string;
};

/** Where texts for people go: problems, and what is no problem. */
export type Notices = {
  readonly warn: (message: string) => void;
  readonly inform: (message: string) => void;
};

export type DeliveryFactory<H extends RunHead, E> = {
  /** Starts to deliver a journal. `removed` is called when it is delivered and removed. */
  follow(journal: Journal<H, E>, removed: () => void): DeliveredRun<H, E>;
  /** Waits for the rest, at most `limitMs` and until `leave`, and reports what was not delivered. */
  close(limitMs: number, leave: AbortSignal): Promise<void>;
};

/** Returns what delivers journals, each on its own. Nothing is thrown: `warn` receives all problems. */
export function makeDelivery<H extends RunHead, E>(
  transport: Transport<H, E>,
  { warn, inform }: Notices,
): DeliveryFactory<H, E> {
  const { service } = transport;
  const left = new Set<DeliveredRun<H, E>>();
  const ends = new Set<Promise<void>>();
  const gate = pLimit(CONCURRENCY);
  let refused = 0;
  const follow = async (run: DeliveredRun<H, E>, removed: () => void) => {
    const { journal } = run;
    try {
      await gate(() => transport.follow(run));
    } catch (error) {
      if (error instanceof Refused) {
        const name = journal.head.displayName;
        refused++;
        if (refused === 1) warn(`${service} refuses the run ${name}: ${error.message}; its rows are dropped`);
        journal.remove();
      } else if (!(error instanceof Stopped)) {
        warn(`${service} run ${journal.head.displayName}: ${messageOf(error)}`);
        return;
      }
    }
    if (journal.removed) {
      left.delete(run);
      removed();
    }
  };
  /** Counts ended runs that are not delivered. Runs of running trials are not overdue. */
  const undelivered = () => {
    const all = [...left].filter(({ journal }) => journal.ended);
    const rows = all.reduce((sum, { journal }) => sum + journal.rows - journal.acknowledged(), 0);
    return {
      runs: all.length,
      text: `${all.length === 1 ? '1 run' : `${all.length} runs`} with ${rows} rows`,
    };
  };
  return {
    follow(journal, removed) {
      const run = new DeliveredRun(journal);
      left.add(run);
      const end = follow(run, removed).finally(() => ends.delete(end));
      ends.add(end);
      return run;
    },
    async close(limitMs, leave) {
      transport.hurry();
      const notice = setTimeout(() => {
        const limit = `at most ${Math.round(limitMs / 1000)} s`;
        inform(`${service}: waiting for ${undelivered().text}, ${limit}; Ctrl-C ends it`);
      }, SILENT_MS);
      await settleWithin(limitMs, Promise.race([Promise.all(ends), transport.hopeless(limitMs)]), leave);
      clearTimeout(notice);
      transport.stop();
      await settleWithin(STOP_MS, Promise.all(ends));
      if (refused > 1) inform(`${service} refused ${refused} runs, whose rows are dropped`);
      const { runs, text } = undelivered();
      if (runs === 0) return;
      const trouble = transport.trouble();
      warn(`${service}: ${text} not delivered${trouble === null ? '' : ` (${trouble})`}; ${transport.later}`);
    },
  };
}
