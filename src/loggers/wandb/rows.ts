import type { MetricPoint } from '../../executors/executor.js';

/** Metrics of one row and of a summary; more are left out, or a trainer could fill the memory with names. */
export const MAX_METRICS = 1000;

/** Names that W&B gives a meaning of its own. */
const OWN = new Set(['_step', '_timestamp', '_runtime', '_wandb']);

/** All metrics of one step. */
export type HistoryRow = {
  readonly step: number;
  readonly atMs: number;
  readonly metrics: ReadonlyMap<string, number>;
};

/**
 * Makes rows of the points of one attempt: those of one step make one row, which is closed when another step begins.
 * Steps only grow, as W&B demands: what comes late for an earlier one is in the summary alone. So the same points make
 * the same rows whenever they are told, and rows up to `lastStep` that a dead orchestrator wrote are not made again.
 */
export class RunRows {
  #last: number;
  #open: { step: number; atMs: number; metrics: Map<string, number> } | null = null;
  readonly #summary = new Map<string, number>();
  /** Metrics with a value for the whole trial, which outlasts those of steps. */
  readonly #final = new Set<string>();
  /** Values that found no place among so many metrics. */
  overflow = 0;

  constructor(lastStep: number | null = null) {
    this.#last = lastStep ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes points in their order; returns the rows that they close. */
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

  /** Closes the open row, if there is one: the attempt has ended. */
  close(): HistoryRow[] {
    if (!this.#open) return [];
    const row = this.#open;
    this.#last = row.step;
    this.#open = null;
    return [row];
  }

  /** The last value of each metric: the final one, else the newest. */
  summary(): ReadonlyMap<string, number> {
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

/** A row as W&B reads it: as JSON, but for NaN and infinities, which stand there by their names as its own client does. */
export function rowText(row: HistoryRow, startedAtMs: number): string {
  const cells = [...row.metrics].map(([name, value]) => `${JSON.stringify(name)}:${numberText(value)}`);
  const own = {
    _step: row.step,
    _runtime: secondsBetween(startedAtMs, row.atMs),
    _timestamp: row.atMs / 1000,
  };
  return `{${[...cells, JSON.stringify(own).slice(1, -1)].join(',')}}`;
}

/** The names and values of a row that `rowText` wrote, the values as they stand there. */
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

/** Never negative: clocks are set back. */
export function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1000;
}
