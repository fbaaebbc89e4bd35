import { ComputingApart, type Patience } from '../../src/threads/apart.js';
import type { StartThread, ThreadParts } from '../../src/threads/thread.js';
import { startWorkerThread } from '../../src/threads/worker-thread.js';

/** Everything moves to the thread at once. */
export const NO_PATIENCE: Patience = {
  callMs: 0,
  totalMs: 0,
  mostMs: 0,
  startingMs: 0,
  briefMs: 0,
  rehearsals: 0,
};

const NO_PARTS: ThreadParts = { sampler: null, scheduler: null, terminator: null };

/** What came from a thread, and what it left to its caller. */
type Counts = { computed: number; returned: number };

/** Returns the start of threads, which counts what they do. */
export function counting(counts: Counts, start: StartThread = startWorkerThread): StartThread {
  return async (parts) => {
    const thread = await start(parts);
    return (
      thread && {
        compute: async (seen, task) => {
          const computed = await thread.compute(seen, task);
          counts[computed === null ? 'returned' : 'computed'] += 1;
          return computed;
        },
        rehearse: (seen, task) => thread.rehearse(seen, task),
        close: () => thread.close(),
      }
    );
  };
}

/** Computes everything in a worker thread. */
export function computingApart(parts: Partial<ThreadParts>) {
  const counts: Counts = { computed: 0, returned: 0 };
  const threads = { start: counting(counts), patience: NO_PATIENCE };
  return { apart: new ComputingApart({ ...NO_PARTS, ...parts }, threads), counts };
}
