import { CUSTOM, isCustomName, withDefaults } from '../core/component-options.js';
import { HpoError, usageError } from '../core/errors.js';
import { planGrid } from '../core/grid-plan.js';
import { makeSpace, type Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import { guardedPruner } from '../pruners/custom.js';
import type { CustomPruner } from '../pruners/pruner.js';
import { pruners, refusePruning } from '../pruners/registry.js';
import { customSamplerEntry, guardedSampler } from '../samplers/custom.js';
import { refuseObjectives, type SamplerEntry, samplers } from '../samplers/registry.js';
import type { CustomSampler } from '../samplers/sampler.js';
import { guardedScheduler } from '../schedulers/custom.js';
import { refuseCopies, schedulers } from '../schedulers/registry.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import { guardedTerminator } from '../terminators/custom.js';
import { terminators } from '../terminators/registry.js';
import type { CustomTerminator } from '../terminators/terminator.js';

/** The components that a specification names, loaded. */
export type Components = {
  readonly entry: SamplerEntry;
  readonly sampler: CustomSampler;
  readonly pruner: CustomPruner | null;
  readonly scheduler: Scheduler | null;
  readonly terminator: CustomTerminator | null;
  readonly space: Space;
};

/** Components that are the user's own code. A specification can name them but not load them. */
export type CustomComponents = {
  readonly sampler?: CustomSampler;
  readonly pruner?: CustomPruner;
  readonly scheduler?: Scheduler;
  readonly terminator?: CustomTerminator;
};

/**
 * Loads the components of a specification. Finds every fault of a specification before anything is stored.
 * @throws HpoError (usage) when a component is unknown or cannot work with the space or the objectives.
 */
export async function loadComponents(spec: StudySpec, custom: CustomComponents = {}): Promise<Components> {
  // Stored JSON is plain data. The space is built from it, so that this version decides the order of resolution.
  const space = makeSpace(spec.space.params, spec.space.constraints);
  const objectives = spec.objectives.length;
  const { entry, sampler } = await loadSampler(spec, custom.sampler);
  const refusal =
    refuseObjectives(spec.sampler.name, objectives) ??
    refuseRace(spec) ??
    refusePruning(spec.pruner.name, objectives) ??
    refuseCopies(spec.scheduler.name, {
      repeats: spec.race ?? spec.repeats,
      defineByRun: spec.defineByRun === true,
    }) ??
    (spec.defineByRun ? refuseUnknownSpace(entry) : sampler.refuse?.(space));
  if (refusal) throw refusal;
  if (!entry.endless && planGrid(space).points.length === 0) {
    throw usageError(
      'study.nothing-to-run',
      'expected at least one configuration, but constraints forbid every combination',
      { fix: 'loosen the forbid constraints' },
    );
  }
  const pruner = await loadPruner(spec, custom.pruner);
  const scheduler = loadScheduler(spec, custom.scheduler);
  const terminator = await loadTerminator(spec, custom.terminator);
  return { entry, sampler, pruner, scheduler, terminator, space };
}

async function loadSampler({ sampler: { name, options } }: StudySpec, own: CustomSampler | undefined) {
  if (isCustomName(name)) {
    const sampler = own ? guardedSampler(name, own) : { sample: () => absent('sampler', name) };
    return { entry: customSamplerEntry(name), sampler };
  }
  const entry = find(samplers, 'sampler', name);
  return { entry, sampler: (await entry.load())(withDefaults(entry.options, options)) };
}

async function loadPruner(
  { pruner: { name, options } }: StudySpec,
  own: CustomPruner | undefined,
): Promise<CustomPruner | null> {
  if (isCustomName(name)) return own ? guardedPruner(name, own) : { decide: () => absent('pruner', name) };
  const entry = find(pruners, 'pruner', name);
  return entry.name === 'none' ? null : (await entry.load())(withDefaults(entry.options, options));
}

function loadScheduler(
  { scheduler: { name, options } }: StudySpec,
  own: Scheduler | undefined,
): Scheduler | null {
  if (name === 'none') return null;
  if (isCustomName(name)) {
    const missing = () => absent('scheduler', name);
    return own ? guardedScheduler(name, own) : { firstTargets: missing, decide: missing, next: missing };
  }
  const entry = find(schedulers, 'scheduler', name);
  return whenAsked(async () => (await entry.load())(withDefaults(entry.options, options)));
}

/** Returns a scheduler that is loaded at the first question: most studies have one, and many never ask it. */
function whenAsked(load: () => Promise<Scheduler>): Scheduler {
  let loading: Promise<Scheduler> | null = null;
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  return {
    firstTargets: async (view) => (await loaded()).firstTargets(view),
    decide: async (trial, view) => (await loaded()).decide(trial, view),
    next: async (view) => (await loaded()).next(view),
  };
}

async function loadTerminator(
  { terminator: { name, options } }: StudySpec,
  own: CustomTerminator | undefined,
): Promise<CustomTerminator | null> {
  if (isCustomName(name))
    return own ? guardedTerminator(name, own) : { decide: () => absent('terminator', name) };
  const entry = find(terminators, 'terminator', name);
  return entry.name === 'none' ? null : (await entry.load())(withDefaults(entry.options, options));
}

/**
 * Throws for a custom component that was not given. Studies can be read without it. A path that a database names is never
 * loaded: only a sweep file or a program says which custom code runs.
 */
function absent(kind: 'sampler' | 'pruner' | 'scheduler' | 'terminator', name: string): never {
  const what = name === CUSTOM ? 'an object of the program that made it' : `the file ${name}`;
  throw usageError(`${kind}.not-here`, `the ${kind} of this study is ${what}, which was not given here`, {
    fix:
      name === CUSTOM
        ? `loadStudy({ ..., ${kind} })`
        : 'name its sweep file (--sweep FILE) and leave --study out',
  });
}

/** Which of two configurations is better is a question of one value. */
function refuseRace({ race, objectives }: StudySpec): HpoError | null {
  if (race === null || objectives.length < 2) return null;
  return usageError('study.race-objectives', `a race compares one objective, got ${objectives.length}`, {
    fix: 'use repeats: N, which gives all configurations the same seeds',
  });
}

function refuseUnknownSpace({ name, endless }: SamplerEntry): HpoError | null {
  if (endless) return null;
  return usageError(
    'sampler.define-by-run',
    `the sampler ${name} needs the whole space before the first trial, but the objective of this study names its parameters while it runs`,
    { fix: 'give the study a space, or use another sampler' },
  );
}

function find<T extends { readonly name: string }>(registry: readonly T[], kind: string, name: string): T {
  const entry = registry.find((candidate) => candidate.name === name);
  if (entry) return entry;
  throw new HpoError(`study.unknown-${kind}`, `no ${kind} is called ${name}`, {
    usage: true,
    fix: `use one of ${registry.map((candidate) => candidate.name).join(', ')}`,
  });
}
