import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CsvSource } from '../../src/loggers/csv/source.js';
import type { Columns } from '../../src/loggers/csv/table.js';
import type { TrialRow } from '../../src/loggers/study-reader.js';
import type { SweepEvent } from '../../src/study/events.js';

/** A folder of this test's own, gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-loggers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function row(number: number, more: Partial<TrialRow> = {}): TrialRow {
  return {
    number,
    configuration: number,
    attempt: 1,
    state: 'complete',
    queued: false,
    pausedAt: null,
    seed: 7,
    device: 'cpu',
    values: [0.5],
    violations: [],
    params: { lr: 0.1 },
    forced: {},
    metrics: { epoch_loss: 0.25 },
    epochs: 3,
    parent: null,
    gpuUse: null,
    startedAtMs: Date.UTC(2024, 0, 2, 3, 4, 5, 6),
    finishedAtMs: Date.UTC(2024, 0, 2, 3, 4, 6, 256),
    ranMs: 1250,
    pausedSinceMs: null,
    spentMs: 1250,
    exitCode: 0,
    reason: null,
    ...more,
  };
}

/** Rows in pages of two. */
export function source(
  study: string,
  rows: readonly TrialRow[],
  columns: () => Columns = () => ({ params: ['lr'], metrics: ['epoch_loss'] }),
): CsvSource {
  return {
    study,
    columns: async () => columns(),
    async *pages(from) {
      for (let k = from; k < rows.length; k += 2) yield rows.slice(k, k + 2);
    },
    changes: null,
  };
}

export const started = (trial: number, more: Partial<Extract<SweepEvent, { type: 'trial-started' }>> = {}) =>
  ({
    type: 'trial-started',
    trial,
    attempt: 1,
    configuration: trial,
    repeat: 0,
    seed: 42,
    device: 'cpu',
    params: { 'learner.opt': 'adam', batch_size: 32 },
    reattached: false,
    ...more,
  }) as const;

export const finished = (
  trial: number,
  more: Partial<Extract<SweepEvent, { type: 'trial-finished' }>> = {},
) =>
  ({
    type: 'trial-finished',
    feasible: true,
    violations: [],
    trial,
    state: 'complete',
    values: [0.9],
    reason: null,
    durationMs: 12_345,
    tail: [],
    ...more,
  }) as const;

export const reported = (trial: number, ...points: readonly (readonly [string, number | null, number])[]) =>
  ({
    type: 'trial-reported',
    trial,
    points: points.map(([name, step, value]) => ({ name, step, value })),
  }) as const;
