import type { ParamValue } from '../core/distribution.js';
import { isFeasible } from '../core/metric-constraints.js';
import type { Attrs, Direction } from '../core/trial.js';
import { type FieldKind, type NamedField, NamedFields } from './filter/named-fields.js';
import { shownState, type TrialRow } from './trial-table.js';

/** A trial as lists of trials show, sort and filter it. Storage's rows satisfy it. */
export type ListedTrial = TrialRow & {
  readonly violations: readonly number[];
  readonly device: string | null;
  readonly exitCode: number | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly hidden: boolean;
};

/** One value of every trial, by the name that people write. */
export type TrialField<Row extends ListedTrial = ListedTrial> = NamedField<Row>;

/** What programs have stored with trials, by number. */
export type TrialAttributes = ReadonlyMap<number, Attrs>;

export type FieldNames = {
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[];
  readonly parameters: readonly string[];
  readonly metrics: readonly string[];
};

type Value = (trial: ListedTrial, nowMs: number) => ParamValue;

const OWN: Readonly<Record<string, Value>> = {
  trial: ({ number }) => number,
  state: (trial) => shownState(trial).toLowerCase(),
  configuration: ({ configuration }) => configuration,
  attempt: ({ attempt }) => (attempt === 0 ? null : attempt),
  seed: ({ seed }) => seed,
  paused_at: ({ pausedAt }) => pausedAt,
  epochs: ({ epochs }) => epochs,
  parent: ({ parent }) => parent?.trial ?? null,
  time: (trial, nowMs) => secondsOf(trial, nowMs),
  device: ({ device }) => device,
  feasible: ({ violations }) => (violations.length === 0 ? null : isFeasible(violations)),
  exit_code: ({ exitCode }) => exitCode,
  reason: ({ reason }) => reason,
  note: ({ note }) => note,
  hidden: ({ hidden }) => hidden,
  tags: ({ tags }) => (tags.length === 0 ? null : tags.join(', ')),
  started: ({ startedAtMs }) => startedAtMs,
  finished: ({ finishedAtMs }) => finishedAtMs,
};

/** The fields of trials as storage has them. */
export class TrialFields extends NamedFields<ListedTrial, TrialField> {
  /** `nowMs`: until when a running trial has run. `isMarked`: whether a trial is an outlier. `attributes`: those that have fields. */
  constructor(
    { objectives, parameters, metrics }: FieldNames,
    nowMs: number,
    isMarked: (trial: ListedTrial) => boolean = () => false,
    attributes: TrialAttributes = new Map(),
  ) {
    super([
      ...parameters.map((name) => field('parameter', name, (trial) => parameterOf(trial, name))),
      ...objectives.map(({ metric, direction }, k) => ({
        ...field('objective', metric, ({ values }) => values?.[k] ?? null),
        direction,
      })),
      ...metrics.map((name) =>
        field('metric', name, (trial) =>
          Object.hasOwn(trial.metrics, name) ? (trial.metrics[name] ?? null) : null,
        ),
      ),
      ...Object.entries(OWN).map(([name, value]) => field('trial', name, (trial) => value(trial, nowMs))),
      field('trial', 'outlier', isMarked),
      ...namesOf(attributes).map((name) =>
        field('attribute', name, ({ number }) => attributeOf(attributes.get(number) ?? {}, name)),
      ),
    ]);
  }
}

function namesOf(attributes: TrialAttributes): string[] {
  return [...new Set([...attributes.values()].flatMap(Object.keys))].sort();
}

/** A list or a mapping is its JSON. */
function attributeOf(attrs: Attrs, name: string): ParamValue {
  const value = Object.hasOwn(attrs, name) ? (attrs[name] ?? null) : null;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function field(kind: FieldKind, name: string, value: TrialField['value']): TrialField {
  const isCaseless = kind === 'trial' && name === 'state';
  return { kind, name, value, direction: null, isCaseless, isSingle: false };
}

/** What the trainer received under this name. */
export function parameterOf(
  { params, forced }: Pick<ListedTrial, 'params' | 'forced'>,
  name: string,
): ParamValue {
  for (const values of [forced, params]) if (Object.hasOwn(values, name)) return values[name] ?? null;
  return null;
}

/** Null for a trial that has not started, or that waits for its next attempt. */
export function secondsOf(trial: TimedTrial, nowMs: number): number | null {
  const ms = ranMsOf(trial, nowMs);
  return ms === null ? null : ms / 1000;
}

export type TimedTrial = Pick<
  TrialRow,
  'state' | 'queued' | 'pausedAt' | 'startedAtMs' | 'finishedAtMs' | 'ranMs'
>;

/**
 * How long a trial has run, with what it ran before it was paused; of a running one, until `nowMs`. Null for a trial that has
 * not started, or that waits for its next attempt.
 */
export function ranMsOf(
  { state, startedAtMs, finishedAtMs, queued, pausedAt, ranMs }: TimedTrial,
  nowMs: number,
): number | null {
  if (startedAtMs === null || queued) return null;
  const isUnderway = state === 'running' && pausedAt === null && finishedAtMs === null;
  return isUnderway ? ranMs + Math.max(0, nowMs - startedAtMs) : ranMs;
}
