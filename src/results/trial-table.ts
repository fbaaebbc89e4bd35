import type { Params, ParamValue } from '../core/distribution.js';
import type { GpuUse } from '../core/gpu-use.js';
import { isFeasible } from '../core/metric-constraints.js';
import { effectiveNames } from '../core/space.js';
import type { TrialState } from '../core/trial.js';
import { byteColumn, type Column, floatColumn, intColumn, singleColumn } from './column.js';
import { Curves } from './curves.js';
import type { ResultsStudy } from './results-study.js';
import { setEach } from './set-each.js';
import { MetricColumn, ParamColumn, TextColumn } from './value-columns.js';

/** One trial continues the checkpoint of another one. `trial`: the other of the two. `step`: the last step of the parent. */
export type Continuation = { readonly trial: number; readonly step: number };

/** A trial as tables show it. Storage's rows satisfy it. */
export type TrialRow = {
  readonly number: number;
  readonly configuration: number | null;
  /** 0: it never had an attempt. */
  readonly attempt: number;
  readonly state: TrialState;
  /** Unfinished, and no attempt of it runs. */
  readonly queued: boolean;
  /** The step at which it is paused; null: it is not. */
  readonly pausedAt: number | null;
  readonly seed: number | null;
  readonly values: readonly number[] | null;
  readonly params: Params;
  readonly forced: Params;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** How many different steps it reported itself. */
  readonly epochs: number;
  /** The trial whose checkpoint it continues, and the last step of that; null: it began at the beginning. */
  readonly parent: Continuation | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** How long it ran: its newest attempt once that has ended, and those before that ended paused. */
  readonly ranMs: number;
  /** When its pause began; null: it is not paused. */
  readonly pausedSinceMs: number | null;
  /** How long all its ended attempts ran, those included whose work was lost. */
  readonly spentMs: number;
  readonly reason: string | null;
};

/** A trial with everything that results hold. Storage's `ResultRow` satisfies it. */
export type ResultRow = TrialRow & {
  readonly device: string | null;
  readonly exitCode: number | null;
  /** What ended the newest attempt; null while it runs. */
  readonly cause: string | null;
  readonly gpuUse: GpuUse | null;
  readonly note: string | null;
  readonly tags: readonly string[];
  /** A person asked tables and plots to leave it out. */
  readonly hidden: boolean;
  /** The objective by step, ascending. */
  readonly steps: ReadonlyMap<number, number>;
  /** <= 0 where the trial keeps a metric constraint; empty where nobody knows. */
  readonly violations: readonly number[];
};

/** The state as people read it: as in Optuna, but QUEUED for a trial between two attempts, and PAUSED for a paused one. */
export function shownState(row: Pick<TrialRow, 'state' | 'queued' | 'pausedAt'>): string {
  if (row.pausedAt !== null && row.state === 'running') return 'PAUSED';
  return row.queued && row.state !== 'waiting' ? 'QUEUED' : row.state.toUpperCase();
}

/** Every trial of a study in typed arrays, one for each column; the row of a trial is its number. */
export class TrialTable {
  /** `shownState` by code: 0 is a number that no trial has. */
  static readonly STATES = [
    '',
    'WAITING',
    'QUEUED',
    'RUNNING',
    'COMPLETE',
    'PRUNED',
    'FAIL',
    'PAUSED',
  ] as const;

  readonly states = byteColumn();
  /** -1: another program made the trial, or nobody has taken it yet. */
  readonly configurations = intColumn(-1);
  readonly attempts = intColumn();
  readonly epochs = intColumn();
  /** The trial whose checkpoint a trial continues; -1: it began at the beginning. */
  readonly parents = intColumn(-1);
  /** The last step of the parent; NaN for none. */
  readonly parentSteps = floatColumn();
  /** Unix time in milliseconds; NaN for none. */
  readonly startedAtMs = floatColumn();
  readonly finishedAtMs = floatColumn();
  readonly ranMs = floatColumn();
  readonly spentMs = floatColumn();
  /** The step at which a trial is paused; NaN for none. */
  readonly pausedAt = floatColumn();
  readonly pausedSinceMs = floatColumn();
  readonly seeds = floatColumn();
  readonly exitCodes = floatColumn();
  /** One for each objective; NaN for none. */
  readonly objectives: readonly Column<Float64Array>[];
  /** What the trainer receives, in the order of the space, then in the order in which trials brought others. */
  readonly params = new Map<string, ParamColumn>();
  /** The last value of each metric. Other values are read on demand. */
  readonly metrics = new Map<string, MetricColumn>();
  /** The first objective over its steps. */
  readonly curves = new Curves();
  /** How many violations a trial has; those of limit k are in `violations[k]`, NaN where there is none. */
  readonly violationCounts = byteColumn();
  readonly violations: Column<Float64Array>[] = [];
  /** 0: nobody knows, 1: it keeps every limit, 2: it breaks one. */
  readonly feasibility = byteColumn();
  readonly reasons = new TextColumn();
  readonly causes = new TextColumn();
  readonly devices = new TextColumn();
  readonly notes = new TextColumn();
  /** Lists of texts as JSON. */
  readonly tags = new TextColumn();
  /** 1 where a person asked tables and plots to leave the trial out. */
  readonly hidden = byteColumn();
  /** Names of the parameters that a constraint forces, as a JSON list. */
  readonly forced = new TextColumn();
  /** Mean utilization of the trial's cards, and peak memory of its processes and of its cards. */
  readonly gpuPercent = singleColumn();
  readonly gpuMemoryMiB = singleColumn();
  readonly cardMemoryMiB = singleColumn();
  /** The revision of the table in which a row last changed. */
  readonly revisions = floatColumn();
  #revision = 0;

  constructor({ space, spec }: Pick<ResultsStudy, 'space' | 'spec'>) {
    this.objectives = spec.objectives.map(() => floatColumn());
    for (const name of effectiveNames(space)) this.params.set(name, new ParamColumn());
  }

  get length(): number {
    return this.states.length;
  }

  /** Continues from the highest revision of its rows. */
  continueRevisions(): void {
    this.#revision = this.revisions.values().reduce((most, each) => Math.max(most, each), 0);
  }

  /** Counts the changes: every `apply` that changes a row gives the changed rows the next revision. */
  get revision(): number {
    return this.#revision;
  }

  /** Returns the numbers of the rows that are not as they were. */
  apply(rows: readonly ResultRow[]): number[] {
    const changed = rows.filter((row) => this.#set(row)).map(({ number }) => number);
    if (changed.length === 0) return changed;
    this.#revision += 1;
    for (const number of changed) this.revisions.set(number, this.#revision);
    return changed;
  }

  /** Numbers of the rows that changed after this revision, ascending. */
  changedSince(revision: number): number[] {
    const revisions = this.revisions.values();
    const found: number[] = [];
    if (revision < this.#revision)
      for (let row = 0; row < revisions.length; row++)
        if ((revisions[row] as number) > revision) found.push(row);
    return found;
  }

  /** Whether trials are paused, or were. */
  get hasPauses(): boolean {
    return this.causes.texts.includes('paused');
  }

  /** Null for a number that no trial has. */
  stateOf(row: number): TrialState | null {
    const shown = TrialTable.STATES[this.states.get(row)] ?? '';
    return shown === ''
      ? null
      : shown === 'QUEUED' || shown === 'PAUSED'
        ? 'running'
        : (shown.toLowerCase() as TrialState);
  }

  /** Null for a trial without a value for each objective. */
  valuesOf(row: number): readonly number[] | null {
    const values = this.objectives.map((column) => column.get(row));
    return values.some(Number.isNaN) ? null : values;
  }

  violationsOf(row: number): readonly number[] {
    const count = this.violationCounts.get(row);
    return count === 0 ? NONE : this.violations.slice(0, count).map((column) => column.get(row));
  }

  /** Active parameters, sampled and forced ones apart. */
  paramsOf(row: number): { readonly params: Params; readonly forced: Params } {
    const names = this.forced.has(row) ? (JSON.parse(this.forced.get(row) as string) as string[]) : NONE;
    const [params, forced]: [Entry[], Entry[]] = [[], []];
    for (const [name, column] of this.params) {
      const value = column.get(row);
      if (value !== undefined) (names.includes(name as never) ? forced : params).push([name, value]);
    }
    return { params: Object.fromEntries(params), forced: Object.fromEntries(forced) };
  }

  tagsOf(row: number): readonly string[] {
    return this.tags.has(row) ? (JSON.parse(this.tags.get(row) as string) as string[]) : [];
  }

  #set(row: ResultRow): boolean {
    const at = row.number;
    const states: readonly string[] = TrialTable.STATES;
    const { gpuUse } = row;
    const { length } = this;
    const changes = [
      this.states.set(at, states.indexOf(shownState(row))),
      this.configurations.set(at, row.configuration ?? -1),
      this.attempts.set(at, row.attempt),
      this.epochs.set(at, row.epochs),
      this.parents.set(at, row.parent?.trial ?? -1),
      this.parentSteps.set(at, row.parent?.step ?? Number.NaN),
      this.startedAtMs.set(at, row.startedAtMs ?? Number.NaN),
      this.finishedAtMs.set(at, row.finishedAtMs ?? Number.NaN),
      this.ranMs.set(at, row.ranMs),
      this.spentMs.set(at, row.spentMs),
      this.pausedAt.set(at, row.pausedAt ?? Number.NaN),
      this.pausedSinceMs.set(at, row.pausedSinceMs ?? Number.NaN),
      this.seeds.set(at, row.seed ?? Number.NaN),
      this.exitCodes.set(at, row.exitCode ?? Number.NaN),
      ...this.objectives.map((column, k) => column.set(at, row.values?.[k] ?? Number.NaN)),
      setEach(
        { columns: this.params, length },
        at,
        { ...row.params, ...row.forced },
        () => new ParamColumn(),
      ),
      setEach({ columns: this.metrics, length }, at, row.metrics, () => new MetricColumn()),
      this.curves.set(at, row.steps),
      this.#setViolations(at, row.violations),
      this.reasons.set(at, row.reason),
      this.causes.set(at, row.cause),
      this.devices.set(at, row.device),
      this.notes.set(at, row.note),
      this.tags.set(at, listText(row.tags)),
      this.hidden.set(at, row.hidden ? 1 : 0),
      this.forced.set(at, listText(Object.keys(row.forced))),
      this.gpuPercent.set(at, gpuUse?.cardUtilizationPercent?.mean ?? Number.NaN),
      this.gpuMemoryMiB.set(at, gpuUse?.memoryMiB?.max ?? Number.NaN),
      this.cardMemoryMiB.set(at, gpuUse?.cardMemoryMiB?.max ?? Number.NaN),
    ];
    this.revisions.resize(this.length);
    return changes.includes(true);
  }

  /** Makes room for so many violations of a trial. */
  addViolations(count: number): void {
    while (this.violations.length < count) {
      const column = floatColumn();
      column.resize(this.length);
      this.violations.push(column);
    }
  }

  #setViolations(at: number, violations: readonly number[]): boolean {
    const some = violations.slice(0, MOST_VIOLATIONS);
    this.addViolations(some.length);
    const changes = this.violations.map((column, k) => column.set(at, some[k] ?? Number.NaN));
    changes.push(this.violationCounts.set(at, some.length));
    this.feasibility.set(at, some.length === 0 ? 0 : isFeasible(violations) ? 1 : 2);
    return changes.includes(true);
  }
}

type Entry = readonly [name: string, value: ParamValue];

const NONE: readonly never[] = [];
/** What a byte counts. */
const MOST_VIOLATIONS = 255;

/** Null for an empty list. */
function listText(list: readonly string[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}
