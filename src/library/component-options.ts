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
import { isTerminator } from '../terminators/custom.js';
import { terminators } from '../terminators/registry.js';
import type { ComponentSpec, CreateStudyOptions } from './study-options.js';

/** How a study searches, as it is stored. `custom`: the components that are objects of this program. */
export type Search = {
  readonly spec: Pick<StudySpec, 'sampler' | 'pruner' | 'terminator'>;
  readonly custom: CustomComponents;
};

type Given = Pick<CreateStudyOptions, 'sampler' | 'pruner' | 'terminator'>;

/** @throws HpoError (usage) study.unknown-sampler and the like, options.unknown, options.bad-value. */
export function toSearch({ sampler = 'auto', pruner = 'none', terminator = 'none' }: Given): Search {
  const custom: CustomComponents = {
    ...(isSampler(sampler) && { sampler }),
    ...(isPruner(pruner) && { pruner }),
    ...(isTerminator(terminator) && { terminator }),
  };
  const object = { name: CUSTOM, options: {} };
  return {
    spec: {
      sampler: isSampler(sampler) ? object : toStored(samplers, 'sampler', sampler as ComponentSpec),
      pruner: isPruner(pruner) ? object : toStored(pruners, 'pruner', pruner as ComponentSpec),
      terminator: isTerminator(terminator)
        ? object
        : toStored(terminators, 'terminator', terminator as ComponentSpec),
    },
    custom,
  };
}

/** Returns a component as it is stored: its name and its checked options. */
function toStored(registry: readonly ComponentInfo[], kind: string, given: ComponentSpec): StoredComponent {
  if (typeof given === 'function' && !registry.some((each) => each.name === (given as { name: string }).name))
    throw usageError(
      `study.unknown-${kind}`,
      `expected a name or an object for the ${kind}, got a function`,
      {
        fix:
          kind === 'sampler'
            ? 'sampler: { sample(space, view, { rng }) { ... } }'
            : `${kind}: { decide(...) { ... } }`,
      },
    );
  const { name, ...options } = typeof given === 'string' ? { name: given } : given;
  const entry = registry.find((each) => each.name === name);
  if (!entry) {
    throw usageError(`study.unknown-${kind}`, `no ${kind} is called ${String(name)}`, {
      fix: `use one of ${registry.map((each) => each.name).join(', ')}, or pass an object`,
    });
  }
  const stored = withStoredNames(`the ${kind} ${name}`, entry.options, options);
  checkOptions(`the ${kind} ${name}`, entry.options, stored);
  return { name, options: nested(entry.options, kind, stored) };
}

/** Returns the options by the names of the registry: `startup_trials` for `startupTrials`. Undefined ones are left out. */
function withStoredNames(of: string, specs: OptionSpecs, given: Readonly<Record<string, unknown>>) {
  const names = new Map(Object.keys(specs).map((name) => [camelCase(name), name]));
  const stored: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const name = names.get(written) ?? written;
    if (!Object.hasOwn(specs, name)) {
      const known = [...names.keys()].join(', ') || 'no options';
      throw usageError('options.unknown', `expected ${known} for ${of}, got ${written}`);
    }
    if (Object.hasOwn(stored, name))
      throw usageError('options.twice', `expected ${camelCase(name)} of ${of} once, got it as ${name} too`);
    stored[name] = value;
  }
  return stored;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
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
