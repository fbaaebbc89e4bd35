import { proceed, type Scheduler } from './scheduler.js';

/** Returns a scheduler that stops no trial that cannot be paused: those are trained in full. */
export function onlyPauses(scheduler: Scheduler): Scheduler {
  return {
    ...scheduler,
    decide: (trial, view) =>
      view.resumable
        ? scheduler.decide(trial, view)
        : proceed('trials that cannot be paused run to their ends'),
  };
}
