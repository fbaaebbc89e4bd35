import type { RunnableAttempt } from '../executor.js';
import { cancelAttempt } from './control.js';
import { descent } from './descent.js';
import type { Handler } from './follow-attempt.js';
import { releaseHeld } from './hold.js';
import { leftRunning, OUT_OF_REACH } from './out-of-reach.js';
import type { StopTimes } from './stop.js';

type Handled = Pick<RunnableAttempt, 'trial' | 'token' | 'startedAtMs'> & {
  readonly dir: string;
  readonly isReattached: boolean;
  readonly times: StopTimes;
};

/** Returns what can be done with the processes of an attempt on this machine. */
export function localHandler({ trial, token, startedAtMs, dir, isReattached, times }: Handled): Handler {
  const processes = { dir, token };
  return {
    cancel: () => cancelAttempt({ ...processes, ...times }),
    watch: (mayContinue) => {
      descent.begin(processes);
      // It was killed while it held them. Those that are to end continue only to end: they may begin to save.
      if (isReattached && mayContinue) releaseHeld(processes);
      return () => descent.end(token);
    },
    begun: async () => startedAtMs,
    restartMark: null,
    outOfReach: OUT_OF_REACH,
    isShared: false,
    left: () => leftRunning(trial),
  };
}
