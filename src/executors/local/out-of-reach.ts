import { HpoError } from '../../core/errors.js';

/** Returns whether a process is there to which this user may send signals. */
export function takesSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const OUT_OF_REACH =
  'the trial is to be stopped, but its processes are out of reach from here (those of another user, or of another PID ' +
  'namespace): hpo waits until they end';

/** Returns the error of a sweep that is interrupted while it follows such a trial. */
export function leftRunning(trial: number): HpoError {
  return new HpoError(
    'executor.out-of-reach',
    `trial ${trial} is left running: its processes are those of another user or of another PID namespace`,
    { fix: 'end it there, or let it run: the next hpo optimize follows it' },
  );
}
