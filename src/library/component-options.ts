import {
  type ComponentInfo,
  CUSTOM,
  checkOptions,
  type OptionSpecs,
  type OptionValues,
} from '../core/component-options.js';
import { usageError } from '../core/errors.js';
import type { ComponentSpec, StudySpec } from '../core/spec.js';
import { isPruner } from '../pruners/custom.js';
import { pruners } from '../pruners/registry.js';
import { isSampler } from '../samplers/custom.js';
import { samplers } from '../samplers/registry.js';
import type { CustomComponents } from '../study/components.js';
import { terminators } from '../terminators/registry.js';
import type { Named, SearchOptions } from './types.js';

/** How a study searches, as it is stored, and the parts of it that are objects of this program. */
export type Search = { readonly spec: Pick<StudySpec, 'sampler' | 'pruner'>; readonly own: CustomComponents };

/** @throws HpoError (usage) study.unknown-sampler and the like, options.unknown, options.bad-value. */
export function toSearch({ sampler = 'auto', pruner = 'none' }: SearchOptions): Search {
  const own: CustomComponents = {
    ...(isSampler(sampler) && { sampler }),
    ...(isPruner(pruner) && { pruner }),
  };
  const chosen = { name: CUSTOM, options: {} };
  return {
    spec: {
      sampler: isSampler(sampler) ? chosen : toChosen(samplers, 'sampler', sampler),
      pruner: isPruner(pruner) ? chosen : toChosen(pruners, 'pruner', pruner),
    },
    own,
  };
}

export function toTerminator(terminator: Named = 'none'): ComponentSpec {
  return toChosen(terminators, 'terminator', terminator);
}

function toChosen(registry: readonly ComponentInfo[], kind: string, given: Named): ComponentSpec {
  const { name, ...options } = typeof given === 'string' ? { name: given } : given;
  const entry = registry.find((each) => each.name === name);
  if (!entry) {
    throw usageError(`study.unknown-${kind}`, `no ${kind} is called ${String(name)}`, {
      fix: `use one of ${registry.map((each) => each.name).join(', ')}, or an object of your own`,
    });
  }
  checkOptions(`the ${kind} ${name}`, entry.options, options);
  return { name, options: nested(entry.options, kind, options) };
}

/** The options, with those that choose an entry in the form of `Chosen`. */
function nested(specs: OptionSpecs, kind: string, given: Readonly<Record<string, unknown>>): OptionValues {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const spec = specs[name];
      return [name, spec?.type === 'entry' ? toChosen(spec.entries, kind, value as Named) : value];
    }),
  ) as OptionValues;
}
