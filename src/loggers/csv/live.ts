import { performance } from 'node:perf_hooks';
import type { SweepEvent } from '../../study/events.js';
import { writeCsv } from './file.js';
import type { CsvSource } from './table.js';

/** At most one rewrite a second, and at most a twentieth of the time: a large table is rewritten less often. */
const INTERVAL_MS = 1000;
const SHARE = 20;

export type LiveCsv = {
  readonly subscriber: (event: SweepEvent) => void;
  /** Writes what is owed; call it on every way out. The error of that last write, or null. */
  flush(): Promise<unknown>;
};

/** Keeps runs.csv up to date while a sweep runs. `onKept` and `onError` are told, never thrown. */
export function makeLiveCsv(
  file: string,
  source: CsvSource,
  tell: { kept: (path: string) => void; error: (error: unknown) => void },
): LiveCsv {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let lastDurationMs = 0;
  let failure: unknown = null;
  const write = async () => {
    const startedAt = performance.now();
    try {
      const kept = await writeCsv(file, source);
      if (kept) tell.kept(kept);
      failure = null;
    } catch (error) {
      // Once is enough: what is in the way now is in the way a second later.
      if (failure === null) tell.error(error);
      failure = error;
    }
    lastDurationMs = performance.now() - startedAt;
  };
  const enqueue = () => {
    timer = null;
    writing = writing.then(write);
  };
  return {
    subscriber(event) {
      if (event.type === 'warning' || timer) return;
      timer = setTimeout(enqueue, Math.max(INTERVAL_MS, lastDurationMs * SHARE));
      timer.unref();
    },
    async flush() {
      if (timer) clearTimeout(timer);
      enqueue();
      await writing;
      return failure;
    },
  };
}
