import { performance } from 'node:perf_hooks';
import type { SweepEvent } from '../../study/events.js';
import { settleWithin } from '../settle-within.js';
import { GrowingCsv } from './growing.js';
import type { CsvSource } from './source.js';
import type { TableMemory } from './table-memory.js';

/** The table is written at most once a second and for at most a twentieth of the time: less often where it takes long. */
const INTERVAL_MS = 1000;
const SHARE = 20;

export type LiveCsv = {
  readonly on: (event: SweepEvent) => void;
  /** Writes the table now. Rejects when that fails. */
  flush(): Promise<void>;
  /** Writes nothing more, and waits at most `limitMs` for a write in progress. */
  close(limitMs: number): Promise<void>;
};

type Notify = {
  /** Receives the new path of another study's table that was in the way. */
  readonly kept: (path: string) => void;
  /** Receives the error of a write, once until a write succeeds. */
  readonly error: (error: unknown) => void;
};

/** Returns what keeps the file up to date while a sweep runs. */
export function makeLiveCsv(
  file: string,
  source: CsvSource,
  notify: Notify,
  memory: TableMemory | null = null,
): LiveCsv {
  let timer: NodeJS.Timeout | undefined;
  const table = new GrowingCsv(file, source, memory);
  let writing: Promise<void> = Promise.resolve();
  let lastDurationMs = 0;
  let failure: { readonly error: unknown } | null = null;
  const write = async () => {
    const startedAt = performance.now();
    try {
      const kept = await table.write();
      if (kept) notify.kept(kept);
      failure = null;
    } catch (error) {
      // The same obstacle a second later is no news.
      if (failure === null) notify.error(error);
      failure = { error };
    }
    lastDurationMs = performance.now() - startedAt;
  };
  const enqueue = () => {
    timer = undefined;
    writing = writing.then(write);
  };
  return {
    on(event) {
      if (event.type === 'warning' || timer) return;
      timer = setTimeout(enqueue, Math.max(INTERVAL_MS, lastDurationMs * SHARE));
      timer.unref();
    },
    async flush() {
      clearTimeout(timer);
      enqueue();
      await writing;
      if (failure) throw failure.error;
      table.remember();
    },
    async close(limitMs) {
      clearTimeout(timer);
      timer = undefined;
      await settleWithin(limitMs, writing);
    },
  };
}
