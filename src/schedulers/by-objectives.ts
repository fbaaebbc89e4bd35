import type { Scheduler, ScheduleView } from './scheduler.js';

/** Returns a scheduler that asks one scheduler about studies of one objective, and another one about those of several. */
export function byObjectives(one: Scheduler, several: Scheduler): Scheduler {
  const of = ({ directions }: Pick<ScheduleView, 'directions'>) => (directions.length > 1 ? several : one);
  return {
    firstTargets: (view) => of(view).firstTargets(view),
    decide: (trial, view) => of(view).decide(trial, view),
    next: (view) => of(view).next(view),
  };
}
