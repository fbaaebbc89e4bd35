import type { MetricPoint } from '../../executors/executor.js';
import type { JournalRow } from '../runs/journal.js';
import type { RowMaker } from '../runs/run-format.js';

/** A value as JSON has it: NaN and infinities are texts, which MLflow reads as numbers. */
export type Value = number | 'NaN' | 'Infinity' | '-Infinity';
/** The metrics of one step, by their own names; the time in milliseconds. */
export type MetricRow = readonly [atMs: number, metrics: readonly (readonly [name: string, value: Value])[]];

/** Names that one run may have. Others are dropped, or a trainer could fill the memory with names. */
const MAX_NAMES = 10_000;
/** Points of which the steps are remembered one by one; beyond that, the last step of each metric. */
const MAX_REMEMBERED = 100_000;
/** Metrics of one row: MLflow accepts 1,000 in a request. */
const MAX_IN_ROW = 500;

/**
 * Turns the points of one attempt into rows: the metrics of one step that were reported together. Every step of every metric is
 * there once, whatever their order. A final value stands at the last step, unless the metric has it there.
 */
export class MetricRows implements RowMaker {
  #open: { readonly step: number; readonly atMs: number; readonly metrics: Map<string, number> } | null =
    null;
  readonly #seen = new Map<string, Set<number>>();
  /** The newest step and value of each metric. */
  readonly #last = new Map<string, { readonly step: number; readonly value: number }>();
  readonly #finals = new Map<string, number>();
  #remembered = 0;
  #lastStep: number | null = null;
  overflow = 0;

  /** `rows`: those that the journal has. They are not made again. */
  constructor(rows: Iterable<JournalRow> = []) {
    for (const { step, row } of rows) {
      for (const [name, value] of parseRow(row)[1]) {
        this.#isNew(name, step, Number(value));
        // A final value stands at the same step as another one.
        if (step >= (this.#last.get(name)?.step ?? step))
          this.#last.set(name, { step, value: Number(value) });
      }
    }
  }

  note(points: readonly MetricPoint[], atMs: number): JournalRow[] {
    const closed: JournalRow[] = [];
    for (const { name, step, value } of points) {
      if (step === null) {
        if (this.#finals.has(name) || this.#finals.size < MAX_NAMES) this.#finals.set(name, value);
        continue;
      }
      const isOpen = this.#open?.step === step;
      // Reported again before the row is closed: the newest value counts.
      if (isOpen && this.#open?.metrics.has(name)) {
        this.#open.metrics.set(name, value);
        this.#last.set(name, { step, value });
        continue;
      }
      if (!this.#isNew(name, step, value)) continue;
      if (!isOpen || (this.#open?.metrics.size ?? 0) >= MAX_IN_ROW) closed.push(...this.#closeOpen());
      this.#open ??= { step, atMs, metrics: new Map() };
      this.#open.metrics.set(name, value);
    }
    return closed;
  }

  close(nowMs: number): JournalRow[] {
    const rows = this.#closeOpen();
    const step = this.#lastStep ?? 0;
    const finals = [...this.#finals].filter(([name, value]) => {
      const last = this.#last.get(name);
      return !last || last.step !== step || !isSame(last.value, value);
    });
    for (let from = 0; from < finals.length; from += MAX_IN_ROW) {
      const part = finals.slice(from, from + MAX_IN_ROW);
      for (const [name, value] of part) this.#last.set(name, { step, value });
      rows.push({ step, row: rowText(nowMs, part) });
    }
    this.#finals.clear();
    return rows;
  }

  /** MLflow has the newest value of each metric by itself. */
  summary(): null {
    return null;
  }

  #closeOpen(): JournalRow[] {
    if (!this.#open) return [];
    const { step, atMs, metrics } = this.#open;
    this.#open = null;
    return [{ step, row: rowText(atMs, [...metrics]) }];
  }

  #isNew(name: string, step: number, value: number): boolean {
    const last = this.#last.get(name);
    if (last === undefined && this.#last.size >= MAX_NAMES) {
      this.overflow++;
      return false;
    }
    const seen = this.#seen.get(name);
    if (seen?.has(step) || (last !== undefined && seen === undefined && step <= last.step)) return false;
    this.#remember(name, step, seen);
    if (last === undefined || step >= last.step) this.#last.set(name, { step, value });
    this.#lastStep = Math.max(this.#lastStep ?? step, step);
    return true;
  }

  #remember(name: string, step: number, seen: Set<number> | undefined): void {
    if (this.#remembered === MAX_REMEMBERED) this.#seen.clear();
    if (++this.#remembered > MAX_REMEMBERED) return;
    if (seen) seen.add(step);
    else this.#seen.set(name, new Set([step]));
  }
}

function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function rowText(atMs: number, metrics: readonly (readonly [string, number])[]): string {
  const values = metrics.map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]);
  return JSON.stringify([Math.round(atMs), values]);
}

/** Reads the text of a row. */
export function parseRow(text: string): MetricRow {
  return JSON.parse(text) as MetricRow;
}
