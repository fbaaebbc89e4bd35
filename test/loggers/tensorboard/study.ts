import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricPoint } from '../../../src/executors/executor.js';
import type { Logger } from '../../../src/loggers/logger.js';
import { loggers } from '../../../src/loggers/registry.js';
import type { StudyInfo, StudyReader, TrialRow } from '../../../src/loggers/study-reader.js';
import { smallDisk } from '../../support/tmpfs.js';
import { create, makeStage, studyInfo } from '../stage.js';
import { row } from '../support.js';
import { readRuns } from './reader.js';

/** A trial in the database. */
export type Stored = Partial<TrialRow> & { readonly points?: readonly MetricPoint[] };

export const points = (...all: readonly (readonly [string, number | null, number])[]): MetricPoint[] =>
  all.map(([name, step, value]) => ({ name, step, value }));

/** A study with a folder for TensorBoard, and orchestrators of it: each `begin` opens a further logger. */
export function study(more: Partial<StudyInfo> = {}, diskMegabytes: number | null = null) {
  const stage = makeStage();
  const folder = diskMegabytes === null ? join(stage.folder, 'runs') : smallDisk(diskMegabytes);
  const settings = { ...stage.settings, tensorboardDir: folder };
  const trials: Record<number, Stored> = {};
  const rows = () =>
    Object.entries(trials).map(([number, { points: _, ...stored }]) => row(Number(number), stored));
  const reader: StudyReader = {
    rows: async (_, from, limit) =>
      rows()
        .filter(({ number }) => number >= from)
        .slice(0, limit),
    metrics: async (_, number) => trials[number]?.points ?? [],
    changedTrials: async () => ({ study: null, mark: '', isAll: true, trials: [] }),
    columns: async () => ({ metrics: [], gpuUse: false, forked: false }),
  };
  const entry = loggers.find(({ name }) => name === 'tensorboard') as (typeof loggers)[number];
  const begin = async (info: Partial<StudyInfo> = {}): Promise<Logger> => {
    const logger = await create(entry, settings, stage.context);
    await logger.open({ ...studyInfo, ...more, ...info }, reader);
    return logger;
  };
  /** Files of a trial that are not empty. */
  const files = (trial: number) => {
    const of = join(folder, 'study', `trial-0000${trial}`);
    return readdirSync(of).filter((name) => statSync(join(of, name)).size > 0);
  };
  const run = (trial: number) => readRuns(folder)[`study/trial-0000${trial}`];
  return { folder, trials, begin, files, run, reports: stage.reports };
}
