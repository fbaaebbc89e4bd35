import { HpoError, usageError } from '../core/errors.js';
import { planGrid } from '../core/grid-plan.js';
import { withDefaults } from '../core/options.js';
import { makeSpace, type Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { Pruner } from '../pruners/pruner.js';
import { pruners, refusePruning } from '../pruners/registry.js';
import { refuseObjectives, type SamplerEntry, samplers } from '../samplers/registry.js';
import type { Sampler } from '../samplers/sampler.js';
import { terminators } from '../terminators/registry.js';
import type { Terminator } from '../terminators/terminator.js';

/** What a specification names, loaded. */
export type Parts = {
  readonly entry: SamplerEntry;
  readonly sampler: Sampler;
  readonly pruner: Pruner | null;
  readonly terminator: Terminator | null;
  readonly space: Space;
};

/** Everything that can be wrong with a specification is found here, before anything is stored. */
export async function loadParts(spec: StudySpec): Promise<Parts> {
  // Stored JSON is plain data; the space is built anew so that its order of resolution is our own.
  const space = makeSpace(spec.space.params, spec.space.constraints);
  const entry = find(samplers, 'sampler', spec.sampler.name);
  const sampler = (await entry.load())(withDefaults(entry.options, spec.sampler.options));
  const objectives = spec.objectives.length;
  const refusal =
    refuseObjectives(entry.name, objectives) ??
    refusePruning(spec.pruner.name, objectives) ??
    sampler.refuse?.(space);
  if (refusal) throw refusal;
  if (!entry.endless && planGrid(space).points.length === 0) {
    throw usageError(
      'study.nothing-to-run',
      'expected at least one configuration, but constraints forbid every combination',
      { fix: 'loosen the forbid constraints' },
    );
  }
  const prunerEntry = find(pruners, 'pruner', spec.pruner.name);
  const pruner =
    prunerEntry.name === 'none'
      ? null
      : (await prunerEntry.load())(withDefaults(prunerEntry.options, spec.pruner.options));
  const terminatorEntry = find(terminators, 'terminator', spec.terminator.name);
  const terminator =
    terminatorEntry.name === 'none'
      ? null
      : (await terminatorEntry.load())(withDefaults(terminatorEntry.options, spec.terminator.options));
  return { entry, sampler, pruner, terminator, space };
}

function find<T extends { readonly name: string }>(registry: readonly T[], kind: string, name: string): T {
  const entry = registry.find((candidate) => candidate.name === name);
  if (entry) return entry;
  throw new HpoError(`study.unknown-${kind}`, `no ${kind} is called ${name}`, {
    usage: true,
    fix: `use one of ${registry.map((candidate) => candidate.name).join(', ')}`,
  });
}
