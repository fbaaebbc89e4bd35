import {
  type ComponentInfo,
  CUSTOM,
  checkOptions,
  type OptionSpecs,
  type OptionValues,
} from '../core/component-options.js';
import { usageError } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { ComponentSpec as StoredComponent, StudySpec } from '../core/spec.js';
import { isPruner } from '../pruners/custom.js';
import { pruners } from '../pruners/registry.js';
import { isSampler } from '../samplers/custom.js';
import { samplers } from '../samplers/registry.js';
import { isScheduler } from '../schedulers/custom.js';
import { defaultScheduler, isPausing, type SearchedStudy, schedulerChoices } from '../schedulers/registry.js';
import type { CustomComponents } from '../study/components.js';
import { isTerminator } from '../terminators/custom.js';
import { terminators } from '../terminators/registry.js';
import type { ComponentSpec, CreateStudyOptions } from './study-options.js';

/** How a study searches, as it is stored. `custom`: the components that are objects of this program. */
export type Search = {
  readonly spec: Pick<StudySpec, 'sampler' | 'pruner' | 'scheduler' | 'maxSteps' | 'terminator'>;
  readonly custom: CustomComponents;
};

type Given = Pick<CreateStudyOptions, 'sampler' | 'pruner' | 'scheduler' | 'maxSteps' | 'terminator'>;

const object: StoredComponent = { name: CUSTOM, options: {} };
const NONE: StoredComponent = { name: 'none', options: {} };

/**
 * `study`: what the default scheduler depends on; null: the study exists, and keeps its own.
 *
 * @throws HpoError (usage) study.unknown-sampler and the like, study.scheduler-and-pruner, study.max-steps, options.unknown,
 * options.bad-value.
 */
export function toSearch(given: Given, study: Omit<SearchedStudy, 'sampler'> | null): Search {
  const { sampler = 'auto', terminator = 'none', maxSteps = null } = given;
  if (maxSteps !== null && !(Number.isSafeInteger(maxSteps) && maxSteps >= 1))
    throw usageError(
      'study.max-steps',
      `expected maxSteps to be a whole number of at least 1, got ${shownValue(maxSteps)}`,
    );
  const stored = isSampler(sampler) ? object : toStored(samplers, 'sampler', sampler as ComponentSpec);
  const scheduling =
    study === null || namesScheduling(given)
      ? toScheduling(given)
      : {
          spec: { pruner: NONE, scheduler: defaultScheduler({ ...study, sampler: stored.name }) },
          custom: {},
        };
  const custom: CustomComponents = {
    ...(isSampler(sampler) && { sampler }),
    ...scheduling.custom,
    ...(isTerminator(terminator) && { terminator }),
  };
  return {
    spec: {
      sampler: stored,
      ...scheduling.spec,
      maxSteps,
      terminator: isTerminator(terminator)
        ? object
        : toStored(terminators, 'terminator', terminator as ComponentSpec),
    },
    custom,
  };
}

/** Returns whether a program says how far trials are trained; else there is a default, which a study keeps that has another. */
export function namesScheduling({ scheduler, pruner }: Given): boolean {
  return (scheduler ?? pruner) !== undefined;
}

/** A scheduler that only stops is a pruner, and is kept as such. An object is known by its functions. */
function toScheduling({ pruner, scheduler }: Given): {
  readonly spec: Pick<StudySpec, 'pruner' | 'scheduler'>;
  readonly custom: CustomComponents;
} {
  if (scheduler !== undefined && pruner !== undefined)
    throw usageError('study.scheduler-and-pruner', 'expected a scheduler or a pruner, got both', {
      fix: 'a pruner is a scheduler that only stops: leave `pruner` out',
    });
  if (isScheduler(scheduler)) return { spec: { pruner: NONE, scheduler: object }, custom: { scheduler } };
  const own = scheduler ?? pruner;
  if (isPruner(own)) return { spec: { pruner: object, scheduler: NONE }, custom: { pruner: own } };
  if (scheduler === undefined) {
    const chosen = toStored(pruners, 'pruner', (pruner ?? 'none') as ComponentSpec);
    return { spec: { pruner: chosen, scheduler: NONE }, custom: {} };
  }
  const chosen = toStored(schedulerChoices, 'scheduler', scheduler as ComponentSpec);
  const spec = isPausing(chosen.name)
    ? { pruner: NONE, scheduler: chosen }
    : { pruner: chosen, scheduler: NONE };
  return { spec, custom: {} };
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
