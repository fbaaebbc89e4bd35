import { type ComponentSpec, isCustomName } from '../core/component-options.js';
import type { StudySpec } from '../core/spec.js';
import type { Sampler } from '../samplers/sampler.js';
import type { Terminator } from '../terminators/terminator.js';
import { ComputingApart, type Threads } from '../threads/apart.js';
import type { Components } from './components.js';

/** Components, some of which compute in a thread once that pays. */
export type ComponentsApart = Components & {
  /** Ends the thread. */
  readonly closeThread: () => Promise<void>;
};

/**
 * Returns the components such that those of the registries compute in a thread where they take long. The user's own code stays
 * in the thread of the program, and so do samplers that read nothing and pruners, which take no time. `threads` null: all do.
 */
export function apart(components: Components, spec: StudySpec, threads: Threads | null): ComponentsApart {
  if (threads === null) return { ...components, closeThread: async () => {} };
  const { entry, sampler, scheduler, terminator } = components;
  const parts = {
    sampler: entry.reads === 'nothing' ? null : ofRegistry(spec.sampler),
    scheduler: scheduler && ofRegistry(spec.scheduler),
    terminator: terminator && ofRegistry(spec.terminator),
  };
  const computing = new ComputingApart(parts, threads);
  return {
    ...components,
    // Of the registry, so their own types hold.
    sampler: parts.sampler ? computing.sampler(sampler as Sampler) : sampler,
    scheduler: parts.scheduler && scheduler ? computing.scheduler(scheduler) : scheduler,
    terminator: parts.terminator && terminator ? computing.terminator(terminator as Terminator) : terminator,
    closeThread: () => computing.close(),
  };
}

function ofRegistry(spec: ComponentSpec): ComponentSpec | null {
  return isCustomName(spec.name) ? null : spec;
}
