import { durationWords } from '../../core/units.js';
import type { Outcome, RunHooks } from '../executor.js';
import { wrapHooks } from '../wrap.js';

/** How long a function has to return after it was asked to end; then it is abandoned. */
export const GRACE_MS = 1000;
/** Node fires a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a function with a time limit. At the limit its signal aborts, and its trial fails with the limit as the reason,
 * whatever the function returns or throws. A function that does not end then is abandoned: nothing can stop it, and it may
 * keep computing, but nothing that it reports counts.
 */
export function withTimeout(
  limitMs: number,
  hooks: RunHooks,
  run: (hooks: RunHooks) => Promise<Outcome>,
): Promise<Outcome> {
  const stop = new AbortController();
  const forward = () => stop.abort(hooks.signal.reason);
  if (hooks.signal.aborted) forward();
  hooks.signal.addEventListener('abort', forward);
  let [isOver, broke] = [false, false];
  const limited = wrapHooks(hooks, {
    report: (points) => {
      if (!isOver) hooks.report(points);
    },
    signal: stop.signal,
  });
  const brokeLimit = `ran longer than trialTimeout ${durationWords(limitMs)}`;
  const ended = (tail: readonly string[]): Outcome => ({
    kind: 'exited',
    exitCode: 1,
    finishedAtMs: Date.now(),
    logTail: tail,
    stoppedFor: 'limit',
    brokeLimit,
  });
  return new Promise<Outcome>((resolve, reject) => {
    const waitFor = (ms: number, then: () => void): NodeJS.Timeout => {
      const part = Math.min(ms, LONGEST_TIMER_MS);
      return setTimeout(() => {
        if (ms > part) timer = waitFor(ms - part, then);
        else then();
      }, part);
    };
    let timer = waitFor(limitMs, () => {
      // A person or the pruner has asked it to end already: that is the reason.
      if (stop.signal.aborted) return;
      broke = true;
      stop.abort('limit');
      timer = waitFor(GRACE_MS, () => settle(() => resolve(ended([]))));
    });
    const settle = (how: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      hooks.signal.removeEventListener('abort', forward);
      how();
    };
    run(limited).then(
      (outcome) => settle(() => resolve(broke && 'logTail' in outcome ? ended(outcome.logTail) : outcome)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
