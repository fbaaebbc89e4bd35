import { type ComponentSpec, type RegistryEntry, withDefaults } from '../core/component-options.js';
import { makeRngAgain } from '../core/rng.js';
import type { StudyView } from '../core/study-view.js';
import { samplers } from '../samplers/registry.js';
import type { Sampler } from '../samplers/sampler.js';
import { schedulers } from '../schedulers/registry.js';
import type { Scheduler, ScheduleView } from '../schedulers/scheduler.js';
import { terminators } from '../terminators/registry.js';
import type { Terminator } from '../terminators/terminator.js';
import type { Computed, Seen, Task, TaskKind, ThreadParts } from './thread.js';

/** The components that a thread has loaded. */
export type LoadedParts = {
  readonly sampler: Sampler | null;
  readonly scheduler: Scheduler | null;
  readonly terminator: Terminator | null;
};

export async function loadParts({ sampler, scheduler, terminator }: ThreadParts): Promise<LoadedParts> {
  return {
    sampler: await load(samplers, sampler),
    scheduler: await load(schedulers, scheduler),
    terminator: await load(terminators, terminator),
  };
}

async function load<T>(registry: readonly RegistryEntry<T>[], spec: ComponentSpec | null): Promise<T | null> {
  const entry = spec && registry.find(({ name }) => name === spec.name);
  return entry ? (await entry.load())(withDefaults(entry.options, spec.options)) : null;
}

/** Returns what a task comes to. */
export async function runTask(
  parts: LoadedParts,
  { space, view }: Seen,
  task: Task,
): Promise<Computed<TaskKind>> {
  if (task.kind === 'sample' || task.kind === 'terminate') {
    const rng = makeRngAgain(task.seed);
    const value =
      task.kind === 'sample'
        ? needed(parts.sampler).sample(space, view, { ...task.at, rng })
        : needed(parts.terminator).decide(space, view as StudyView, { rng });
    return { value, drawn: rng.drawn };
  }
  const seen = { ...view, space } as ScheduleView;
  const scheduler = needed(parts.scheduler);
  const value = await (task.kind === 'next' ? scheduler.next(seen) : scheduler.decide(task.trial, seen));
  return { value, drawn: 0 };
}

function needed<T>(part: T | null): T {
  if (part === null) throw new Error('expected a component of the registry, got none');
  return part;
}
