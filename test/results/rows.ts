import type { ResultRow } from '../../src/results/trial-table.js';

/** A complete trial of its own configuration, with what a test names instead. */
export function resultRow(row: Partial<ResultRow> & { readonly number: number }): ResultRow {
  return {
    configuration: row.number,
    attempt: 1,
    state: 'complete',
    queued: false,
    pausedAt: null,
    seed: 1,
    values: null,
    params: {},
    forced: {},
    metrics: {},
    epochs: row.steps?.size ?? 0,
    parent: null,
    startedAtMs: 0,
    finishedAtMs: 1,
    ranMs: 1,
    pausedSinceMs: null,
    spentMs: 1,
    reason: null,
    device: 'cpu',
    exitCode: 0,
    cause: 'completed',
    gpuUse: null,
    note: null,
    tags: [],
    hidden: false,
    steps: new Map(),
    violations: [],
    ...row,
  };
}
