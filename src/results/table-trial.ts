import type { Params } from '../core/distribution.js';
import type { TrialState } from '../core/trial.js';
import { storedValues } from './known-trials.js';
import type { ListedTrial } from './trial-fields.js';
import { TrialTable } from './trial-table.js';

/** A trial of a table as lists sort and filter it. `number` is set from one trial to the next. */
export class TableTrial implements ListedTrial {
  number = 0;
  readonly #table: TrialTable;
  #params: { readonly of: number; readonly params: Params; readonly forced: Params } | null = null;

  constructor(table: TrialTable) {
    this.#table = table;
  }

  get state(): TrialState {
    return this.#table.stateOf(this.number) ?? 'waiting';
  }

  get queued(): boolean {
    const shown = TrialTable.STATES[this.#table.states.get(this.number)];
    return shown === 'QUEUED' || shown === 'WAITING';
  }

  get pausedAt(): number | null {
    return orNull(this.#table.pausedAt.get(this.number));
  }

  get configuration(): number | null {
    const configuration = this.#table.configurations.get(this.number);
    return configuration < 0 ? null : configuration;
  }

  get attempt(): number {
    return this.#table.attempts.get(this.number);
  }

  get seed(): number | null {
    return orNull(this.#table.seeds.get(this.number));
  }

  get values(): readonly number[] | null {
    return storedValues(this.#table, this.number);
  }

  get params(): Params {
    return this.#paramsNow().params;
  }

  get forced(): Params {
    return this.#paramsNow().forced;
  }

  get metrics(): Readonly<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const [name, column] of this.#table.metrics) {
      const value = column.get(this.number);
      if (value !== undefined) found[name] = value;
    }
    return found;
  }

  get epochs(): number {
    return this.#table.epochs.get(this.number);
  }

  get parent(): ListedTrial['parent'] {
    const trial = this.#table.parents.get(this.number);
    return trial < 0 ? null : { trial, step: this.#table.parentSteps.get(this.number) };
  }

  get startedAtMs(): number | null {
    return orNull(this.#table.startedAtMs.get(this.number));
  }

  get finishedAtMs(): number | null {
    return orNull(this.#table.finishedAtMs.get(this.number));
  }

  get ranMs(): number {
    return this.#table.ranMs.get(this.number);
  }

  get pausedSinceMs(): number | null {
    return orNull(this.#table.pausedSinceMs.get(this.number));
  }

  get spentMs(): number {
    return this.#table.spentMs.get(this.number);
  }

  get exitCode(): number | null {
    return orNull(this.#table.exitCodes.get(this.number));
  }

  get reason(): string | null {
    return this.#table.reasons.get(this.number);
  }

  get device(): string | null {
    return this.#table.devices.get(this.number);
  }

  get note(): string | null {
    return this.#table.notes.get(this.number);
  }

  get tags(): readonly string[] {
    return this.#table.tagsOf(this.number);
  }

  get hidden(): boolean {
    return this.#table.hidden.get(this.number) === 1;
  }

  get violations(): readonly number[] {
    return this.#table.violationsOf(this.number);
  }

  #paramsNow() {
    if (this.#params?.of !== this.number)
      this.#params = { of: this.number, ...this.#table.paramsOf(this.number) };
    return this.#params;
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
