import type { CheckpointPolicy } from '../core/checkpoints.js';
import type { ComponentInfo, ComponentSpec } from '../core/component-options.js';
import type { StudySpec } from '../core/spec.js';
import type { CustomPruner } from '../pruners/pruner.js';
import { pruners } from '../pruners/registry.js';
import {
  defaultScheduler,
  isPausing,
  needsCheckpoints,
  refuseCopies,
  schedulerChoices,
} from '../schedulers/registry.js';
import { componentSchema, type Given, toComponentSpec } from './component-schema.js';
import { type CustomComponent, isCustomPath } from './custom-component.js';
import type { Diagnostics } from './diagnostics.js';
import { schemaOfKind } from './setting-schema.js';
import { check } from './zod-diagnostics.js';

type Raw = { readonly [key: string]: unknown };
export type Scheduling = Pick<StudySpec, 'pruner' | 'scheduler' | 'maxSteps'>;

const NONE: ComponentSpec = { name: 'none', options: {} };

/** Returns what a scheduler's choice means: a rule that only stops is kept as the pruner. */
export function schedulingOf(chosen: ComponentSpec): Pick<Scheduling, 'pruner' | 'scheduler'> {
  return isPausing(chosen.name) ? { pruner: NONE, scheduler: chosen } : { pruner: chosen, scheduler: NONE };
}

/** What a command line puts in the place of the file's choice; a name alone. */
export type AskedScheduling = {
  readonly scheduler?: string | undefined;
  readonly pruner?: string | undefined;
  readonly maxSteps?: number | undefined;
  /** The name of another sampler. */
  readonly sampler?: string | undefined;
};

/** Returns the scheduling with what a command line asks for. The file's options belong to the file's choice alone. */
function withAsked(inFile: Scheduling, asked: AskedScheduling): Scheduling {
  const maxSteps = asked.maxSteps ?? inFile.maxSteps;
  const { scheduler, pruner } = asked;
  if (scheduler !== undefined) {
    const same = [inFile.scheduler, inFile.pruner].find(({ name }) => name === scheduler);
    return { ...schedulingOf(same ?? { name: scheduler, options: {} }), maxSteps };
  }
  if (pruner === undefined) return { ...inFile, maxSteps };
  const same = inFile.pruner.name === pruner ? inFile.pruner : { name: pruner, options: {} };
  return { pruner: same, scheduler: NONE, maxSteps };
}

/**
 * Reads how far trials are trained from a sweep file: `scheduler`, or `pruner` for a rule that only stops, and `max_steps`.
 * Null after noting what is wrong.
 */
export function toScheduling(
  raw: Raw,
  { own, asked, ...study }: Around,
  mistakes: Diagnostics,
): Scheduling | null {
  if (raw.scheduler !== undefined && raw.pruner !== undefined) {
    const message = 'expected a scheduler or a pruner, got both';
    mistakes.add(['pruner'], 'scheduler-and-pruner', message, { fix: 'remove one of them', at: 'key' });
    return null;
  }
  const sampler = asked.sampler ?? study.sampler;
  const chosen = namesScheduling(raw, asked)
    ? toChosen(raw, own, mistakes)
    : schedulingOf(defaultScheduler({ ...study, sampler, defineByRun: false }));
  const steps =
    raw.max_steps === undefined ? null : check(schemaOfKind(COUNT), raw.max_steps, mistakes, ['max_steps']);
  return chosen && withAsked({ ...chosen, maxSteps: steps as number | null }, asked);
}

/** Returns whether somebody says how far trials are trained; else there is a default, which a study keeps that has another. */
export function namesScheduling(raw: Raw, { scheduler, pruner }: AskedScheduling): boolean {
  return [raw.scheduler, raw.pruner, scheduler, pruner].some((named) => named !== undefined);
}

function toChosen(
  raw: Raw,
  own: OwnPruner | null,
  mistakes: Diagnostics,
): Pick<Scheduling, 'pruner' | 'scheduler'> | null {
  const component = (key: 'scheduler' | 'pruner', entries: readonly ComponentInfo[]) => {
    const given = check(componentSchema(entries), raw[key] ?? 'none', mistakes, [key]) as Given | null;
    return given === null ? null : toComponentSpec(entries, given);
  };
  if (raw.scheduler !== undefined) {
    const scheduler = component('scheduler', schedulerChoices);
    return scheduler && schedulingOf(scheduler);
  }
  const pruner = isCustomPath(raw.pruner) ? (own?.chosen ?? null) : component('pruner', pruners);
  return pruner && { pruner, scheduler: NONE };
}

/** Notes what a scheduler that copies checkpoints cannot work with. */
export function checkCopies(
  scheduling: Scheduling | null,
  { repeats, checkpoints }: { readonly repeats: number; readonly checkpoints: CheckpointPolicy | null },
  mistakes: Diagnostics,
): void {
  if (scheduling === null) return;
  const { name } = scheduling.scheduler;
  const refused = refuseCopies(name, { repeats, defineByRun: false });
  if (refused) mistakes.adopt(['scheduler'], refused);
  if (!needsCheckpoints(name) || checkpoints !== 'off') return;
  const message = `the scheduler ${name} continues checkpoints, got checkpoints: off`;
  mistakes.add(['checkpoints'], 'scheduler-checkpoints', message, {
    fix: 'remove the line, or write checkpoints: remove',
    at: 'key',
  });
}

type Around = {
  readonly own: OwnPruner | null;
  readonly asked: AskedScheduling;
  /** The name of the sampler. */
  readonly sampler: string;
  /** How many objectives there are. */
  readonly objectives: number;
  /** The most trials of one configuration. */
  readonly repeats: number;
};
type OwnPruner = CustomComponent<CustomPruner>;
const COUNT = { type: 'count', min: 1, max: null } as const;
