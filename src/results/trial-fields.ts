import type { ParamValue } from '../core/distribution.js';
import { isFeasible } from '../core/metric-constraints.js';
import type { Direction } from '../core/trial.js';
import type { FilterField, FilterFields } from './filter/filter.js';
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

export type FieldKind = 'trial' | 'objective' | 'parameter' | 'metric';

/** One value of every trial, by the name that people write. */
export type TrialField<Row extends ListedTrial = ListedTrial> = FilterField<Row> & {
  readonly name: string;
  readonly kind: FieldKind;
  /** The order in which the better value comes first; null where no value is better. */
  readonly direction: Direction | null;
};

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
  epochs: ({ epochs }) => epochs,
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

const PREFIXES = {
  trial: 'trial.',
  objective: 'objective.',
  parameter: 'param.',
  metric: 'metric.',
} as const;

/**
 * The names under which trials are shown, sorted and filtered. Where one name means several things, the parameter comes
 * first, then the objective, the metric, and what hpo knows of a trial; a prefix (`param.`, `objective.`, `metric.`,
 * `trial.`) tells them apart. `objective` is the first objective, whatever its name.
 */
export class TrialFields implements FilterFields<ListedTrial> {
  readonly known: readonly string[];
  readonly #byName = new Map<string, TrialField>();

  /** `nowMs`: until when a running trial has run. */
  constructor({ objectives, parameters, metrics }: FieldNames, nowMs: number) {
    for (const name of parameters) this.#add('parameter', name, (trial) => parameterOf(trial, name));
    for (const [k, { metric, direction }] of objectives.entries())
      this.#add('objective', metric, ({ values }) => values?.[k] ?? null, direction);
    for (const name of metrics)
      this.#add('metric', name, (trial) =>
        Object.hasOwn(trial.metrics, name) ? (trial.metrics[name] ?? null) : null,
      );
    for (const [name, value] of Object.entries(OWN)) this.#add('trial', name, (trial) => value(trial, nowMs));
    this.#alias('number', 'trial.trial');
    this.#alias('duration_s', 'trial.time');
    if (objectives[0]) this.#alias('objective', `objective.${objectives[0].metric}`);
    this.known = [
      ...new Set([...parameters, ...objectives.map(({ metric }) => metric), ...metrics, ...Object.keys(OWN)]),
    ];
  }

  find(name: string): TrialField | null {
    return this.#byName.get(name) ?? null;
  }

  #add(kind: FieldKind, name: string, value: TrialField['value'], direction: Direction | null = null): void {
    const isCaseless = kind === 'trial' && name === 'state';
    const field: TrialField = { kind, name, value, direction, isCaseless };
    this.#byName.set(`${PREFIXES[kind]}${name}`, field);
    if (!this.#byName.has(name)) this.#byName.set(name, field);
  }

  #alias(name: string, of: string): void {
    const field = this.#byName.get(of);
    if (field && !this.#byName.has(name)) this.#byName.set(name, field);
  }
}

/** What the trainer received under this name. */
export function parameterOf(
  { params, forced }: Pick<ListedTrial, 'params' | 'forced'>,
  name: string,
): ParamValue {
  for (const values of [forced, params]) if (Object.hasOwn(values, name)) return values[name] ?? null;
  return null;
}

/** Null for a trial that has not started. */
export function secondsOf(
  { startedAtMs, finishedAtMs, queued }: Pick<ListedTrial, 'startedAtMs' | 'finishedAtMs' | 'queued'>,
  nowMs: number,
): number | null {
  if (startedAtMs === null || queued) return null;
  return Math.max(0, (finishedAtMs ?? nowMs) - startedAtMs) / 1000;
}
