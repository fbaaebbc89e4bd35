import type { MetricPoint } from '../../executors/executor.js';
import { secondsBetween } from '../runs/run-format.js';

/** Metrics of one row and of a summary. Others are dropped, or a trainer could fill the memory with names. */
export const MAX_METRICS = 1000;

/** Names with a meaning in W&B. */
const OWN = new Set(['_step', '_timestamp', '_runtime', '_wandb']);

/** The metrics of one step. */
export type HistoryRow = {
  readonly step: number;
  readonly atMs: number;
  readonly metrics: ReadonlyMap<string, number>;
};

/**
 * Turns the points of one attempt into rows. The points of one step form one row, which is closed when another step begins. Steps
 * only grow, as W&B requires: a late point of an earlier step is in the summary alone. So the same points give the same rows
 * whenever they arrive. Rows up to `lastStep`, which an ended orchestrator wrote, are not repeated.
 */
export class RunRows {
  #last: number;
  #open: { step: number; atMs: number; metrics: Map<string, number> } | null = null;
  readonly #summary = new Map<string, number>();
  /** Metrics with a final value, which replaces those of steps. */
  readonly #final = new Set<string>();
  /** Number of values that were dropped because of too many metrics. */
  overflow = 0;

  constructor(lastStep: number | null = null) {
    this.#last = lastStep ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes points in order. Returns the rows that they close. */
  note(points: readonly MetricPoint[], atMs: number): HistoryRow[] {
    const closed: HistoryRow[] = [];
    for (const { name, step, value } of points) {
      if (OWN.has(name)) continue;
      this.#summarize(name, step, value);
      if (step === null || step <= this.#last || (this.#open && step < this.#open.step)) continue;
      if (this.#open && step > this.#open.step) closed.push(...this.close());
      this.#open ??= { step, atMs, metrics: new Map() };
      this.#put(this.#open.metrics, name, value);
    }
    return closed;
  }

  /** Returns the open row, if there is one, and closes it: the attempt has ended. */
  close(): HistoryRow[] {
    if (!this.#open) return [];
    const row = this.#open;
    this.#last = row.step;
    this.#open = null;
    return [row];
  }

  /** Returns the last value of each metric: the final one, otherwise the newest. */
  metrics(): ReadonlyMap<string, number> {
    return this.#summary;
  }

  #summarize(name: string, step: number | null, value: number): void {
    if (step === null) this.#final.add(name);
    else if (this.#final.has(name)) return;
    this.#put(this.#summary, name, value);
  }

  #put(into: Map<string, number>, name: string, value: number): void {
    if (into.size < MAX_METRICS || into.has(name)) into.set(name, value);
    else this.overflow++;
  }
}

/** Returns a row as W&B reads it: JSON, except that NaN and infinities are written by name, as W&B's own client does. */
export function rowText(row: HistoryRow, startedAtMs: number): string {
  const cells = [...row.metrics].map(([name, value]) => `${JSON.stringify(name)}:${numberText(value)}`);
  const own = {
    _step: row.step,
    _runtime: secondsBetween(startedAtMs, row.atMs),
    _timestamp: row.atMs / 1000,
  };
  return `{${[...cells, JSON.stringify(own).slice(1, -1)].join(',')}}`;
}

/** Returns the names and the encoded values of a row that `rowText` wrote. */
export function cellsOf(row: string): [name: string, value: string][] {
  const cell = /("(?:[^"\\]|\\.)*"):(-?(?:Infinity|[\d.eE+-]+)|NaN)[,}]/g;
  return [...row.matchAll(cell)].map(([, name, value]) => [
    JSON.parse(name as string) as string,
    value as string,
  ]);
}

function numberText(value: number): string {
  return Number.isFinite(value) ? JSON.stringify(value) : String(value);
}
