import {
  type ComponentInfo,
  CUSTOM,
  checkOptions,
  type OptionSpecs,
  type OptionValues,
} from '../core/component-options.js';
import { usageError } from '../core/errors.js';
import type { ComponentSpec as StoredComponent, StudySpec } from '../core/spec.js';
import { isPruner } from '../pruners/custom.js';
import { pruners } from '../pruners/registry.js';
import { isSampler } from '../samplers/custom.js';
import { samplers } from '../samplers/registry.js';
import type { CustomComponents } from '../study/components.js';
import { terminators } from '../terminators/registry.js';
import type { ComponentSpec, SearchOptions } from './types.js';

/** How a study searches, as it is stored. `custom`: the components that are objects of this program. */
export type Search = {
  readonly spec: Pick<StudySpec, 'sampler' | 'pruner'>;
  readonly custom: CustomComponents;
};

/** @throws HpoError (usage) study.unknown-sampler and the like, options.unknown, options.bad-value. */
export function toSearch({ sampler = 'auto', pruner = 'none' }: SearchOptions): Search {
  const custom: CustomComponents = {
    ...(isSampler(sampler) && { sampler }),
    ...(isPruner(pruner) && { pruner }),
  };
  const object = { name: CUSTOM, options: {} };
  return {
    spec: {
      sampler: isSampler(sampler) ? object : toStored(samplers, 'sampler', sampler),
      pruner: isPruner(pruner) ? object : toStored(pruners, 'pruner', pruner),
    },
    custom,
  };
}

/** @throws HpoError as `toSearch`. */
export function toTerminator(terminator: ComponentSpec = 'none'): StoredComponent {
  return toStored(terminators, 'terminator', terminator);
}

/** Returns a component as it is stored: its name and its checked options. */
function toStored(registry: readonly ComponentInfo[], kind: string, given: ComponentSpec): StoredComponent {
  const { name, ...options } = typeof given === 'string' ? { name: given } : given;
  const entry = registry.find((each) => each.name === name);
  if (!entry) {
    throw usageError(`study.unknown-${kind}`, `no ${kind} is called ${String(name)}`, {
      fix: `use one of ${registry.map((each) => each.name).join(', ')}, or pass an object`,
    });
  }
  checkOptions(`the ${kind} ${name}`, entry.options, options);
  return { name, options: nested(entry.options, kind, options) };
}

/** Returns the options; those that name another component take the stored form. */
function nested(specs: OptionSpecs, kind: string, given: Readonly<Record<string, unknown>>): OptionValues {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const spec = specs[name];
      return [name, spec?.type === 'entry' ? toStored(spec.entries, kind, value as ComponentSpec) : value];
    }),
  ) as OptionValues;
}
