import type { Storage } from '../../storage/storage.js';
import type { AttemptRun } from '../attempt/attempt-run.js';

const LOOK_MS = 1000;

/**
 * Stops attempts of this sweep for which somebody has stored a request (`hpo stop`): whoever asks may be unable to see or
 * to signal their processes. Looks once a second, and only when something was written. Returns how to end the looking.
 */
export function watchStopRequests(storage: Storage, running: ReadonlyMap<number, AttemptRun>): () => void {
  let seen = '';
  let looking = false;
  const look = async () => {
    const version = await storage.changeToken();
    if (version === seen) return;
    for (const run of [...running.values()]) {
      const [attempt] = await storage.attempts({ attemptId: run.attempt.id });
      if (attempt?.stopRequested) run.stop('stopped');
    }
    seen = version;
  };
  const timer = setInterval(() => {
    if (looking || running.size === 0) return;
    looking = true;
    look()
      // Whatever keeps the database from being read shows where the sweep itself needs it.
      .catch(() => {})
      .finally(() => {
        looking = false;
      });
  }, LOOK_MS);
  return () => clearInterval(timer);
}
