import pLimit from 'p-limit';
import { messageOf } from '../../core/errors.js';
import type { MetricPoint } from '../../executors/executor.js';
import { Refused, Stopped } from './client.js';
import type { Journal } from './journal.js';
import { DeliveredRun } from './run.js';
import type { Outcome } from './run-end.js';

/** Runs that are delivered at a time: while a server is gone, the ended ones wait here and cost nothing. */
const AT_ONCE = 256;
/** People wonder why nothing happens after so long. */
const SILENT_MS = 2000;

/** What the database says of a trial. */
export type TrialStatus = {
  /** Its newest attempt. */
  readonly attempt: number;
  /** How it ended; null while that attempt runs. */
  readonly outcome: Outcome | null;
  readonly finishedAtMs: number | null;
  /** Every value of that attempt, by ascending steps. */
  readonly points: () => Promise<readonly MetricPoint[]>;
};

/** How journals reach W&B. */
export type Transport = {
  /** Resolves when the journal is delivered and removed, or no more can be done in this call. */
  readonly follow: (run: DeliveredRun) => Promise<void>;
  /** Someone waits for the end: no long pauses any more. */
  readonly hurry: () => void;
  /** Nothing more is sent; what is being followed ends. */
  readonly stop: () => void;
  /** What stands in the way, in words; null: nothing. */
  readonly trouble: () => string | null;
  /** What will become of what is left, in words. */
  readonly later: string;
};

export type DeliveryFactory = {
  /** Begins to deliver a journal; `gone` is called when it has been removed. */
  follow(journal: Journal, gone: () => void): DeliveredRun;
  /** Waits for what is left, at most so long and until `enough`, and says what was not delivered. */
  close(limitMs: number, enough: AbortSignal): Promise<void>;
};

/** Delivers journals, each by itself, and knows which are not done. `tell`: people are told, nothing is thrown. */
export function makeDelivery(way: Transport, tell: (message: string) => void): DeliveryFactory {
  const left = new Set<DeliveredRun>();
  const ends = new Set<Promise<void>>();
  const limit = pLimit(AT_ONCE);
  const follow = async (run: DeliveredRun, gone: () => void) => {
    const { journal } = run;
    try {
      await limit(() => way.follow(run));
    } catch (error) {
      if (error instanceof Refused) {
        tell(`W&B refuses the run ${journal.head.displayName}: ${error.message}; its rows are let go`);
        journal.remove();
      } else if (!(error instanceof Stopped)) {
        tell(`W&B run ${journal.head.displayName}: ${messageOf(error)}`);
        return;
      }
    }
    if (journal.removed) {
      left.delete(run);
      gone();
    }
  };
  /** Ended runs that are not delivered. Those of trials that run on are nobody's debt yet. */
  const owed = () => {
    const all = [...left].filter(({ journal }) => journal.ended);
    const rows = all.reduce((sum, { journal }) => sum + journal.rows - journal.acknowledged(), 0);
    return {
      runs: all.length,
      words: `${all.length === 1 ? '1 run' : `${all.length} runs`} with ${rows} rows`,
    };
  };
  return {
    follow(journal, gone) {
      const run = new DeliveredRun(journal);
      left.add(run);
      const end = follow(run, gone).finally(() => ends.delete(end));
      ends.add(end);
      return run;
    },
    async close(limitMs, enough) {
      way.hurry();
      const said = setTimeout(() => {
        tell(`W&B: waiting for ${owed().words}, at most ${limitMs / 1000} s; Ctrl-C ends it`);
      }, SILENT_MS);
      await atMost(limitMs, Promise.all(ends), enough);
      clearTimeout(said);
      way.stop();
      await atMost(1000, Promise.all(ends));
      const { runs, words } = owed();
      if (runs === 0) return;
      const trouble = way.trouble();
      tell(`W&B: ${words} not delivered${trouble === null ? '' : ` (${trouble})`}; ${way.later}`);
    },
  };
}

/** Waits, and keeps the process alive meanwhile. */
async function atMost(limitMs: number, work: Promise<unknown>, enough?: AbortSignal): Promise<void> {
  let leave: () => void = () => {};
  const late = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const timer = setTimeout(leave, enough?.aborted ? 0 : limitMs);
  enough?.addEventListener('abort', leave);
  await Promise.race([work, late]);
  clearTimeout(timer);
  enough?.removeEventListener('abort', leave);
}
