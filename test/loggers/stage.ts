import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { LoggerGroup } from '../../src/loggers/logger-group.js';
import { Messages, messageText } from '../../src/loggers/messages.js';
import type { LoggerContext, LoggerEntry, LoggerSettings } from '../../src/loggers/registry.js';
import type { StudyInfo, StudyReader } from '../../src/loggers/study-reader.js';
import { makeSpec } from '../study/harness.js';
import { livenessAs } from '../support/liveness.js';
import { temporaryFolder } from './support.js';

/** A stream that is no terminal and keeps what it receives. */
export class Paper extends Writable {
  text = '';
  isBroken = false;

  override write(chunk: unknown): boolean {
    if (this.isBroken) throw new Error('the stream is broken');
    this.text += String(chunk);
    return true;
  }
}

/** Everything that a logger under test stands on. */
export type Stage = {
  readonly folder: string;
  readonly paper: Paper;
  readonly settings: LoggerSettings;
  readonly context: LoggerContext;
  /** Everything that was reported to people: warnings of the logger, and faults that the group caught. */
  readonly reports: string[];
};

/** Returns a stage in a folder of its own, where a sweep wants no logger but those that every sweep has. */
export function makeStage(): Stage {
  const folder = temporaryFolder();
  const paper = new Paper();
  const reports: string[] = [];
  const messages = new Messages((error) => reports.push(`messages: ${error}`));
  messages.listen((message) => {
    if (message.level === 'warning') reports.push(messageText(message));
  });
  return {
    folder,
    paper,
    reports,
    settings: {
      csv: 'runs.csv',
      csvSafe: false,
      events: null,
      tensorboardDir: null,
      wandb: null,
      wandbMode: null,
      mlflow: null,
      webhook: null,
      command: null,
      env: { HOME: folder },
      cwd: folder,
    },
    context: {
      outputsDir: join(folder, 'outputs'),
      studyDir: join(folder, 'outputs', 'study'),
      stream: paper as unknown as NodeJS.WriteStream,
      messages,
      now: () => Date.UTC(2024, 0, 2, 3, 4, 5, 6),
      livenessIn: async () => livenessAs('boot:1:1'),
    },
  };
}

/** A study without trials. */
export const studyInfo: StudyInfo = {
  id: 1,
  name: 'study',
  createdAtMs: 0,
  seed: 7,
  spec: makeSpec([{ name: 'x', distribution: float(0, 1) }]),
  progress: { total: 3, done: 0, paused: [], slots: 1, timeoutMs: null, configurations: [] },
};

/** A database that never answers. */
export const silentReader: StudyReader = {
  rows: () => new Promise(() => {}),
  changedTrials: () => new Promise(() => {}),
  columns: () => new Promise(() => {}),
  metrics: () => new Promise(() => {}),
};

/** A study without trials in the database. */
export const emptyReader: StudyReader = {
  rows: async () => [],
  changedTrials: async () => ({ study: null, mark: '', isAll: true, trials: [] }),
  columns: async () => ({ metrics: [], gpuUse: false, forked: false }),
  metrics: async () => [],
};

/** Returns the logger of an entry with these settings. */
export async function create({ load }: LoggerEntry, settings: LoggerSettings, context: LoggerContext) {
  const make = (await load())(settings);
  if (make === null) throw new Error('expected settings that turn the logger on');
  return make(context);
}

/** Returns a group of this logger alone, as the command line makes it; closed after the test. `flushMs`: how long a flush may take. */
export async function createGroup(
  entry: LoggerEntry,
  { settings, context, reports }: Stage,
  flushMs = 60_000,
) {
  const logger = await create(entry, settings, context);
  const report = (name: string, error: unknown) => reports.push(`${name}: ${error}`);
  const group = new LoggerGroup([{ name: entry.name, logger }], report, {
    openMs: 2000,
    flushMs,
    graceMs: 2000,
  });
  onTestFinished(() => group.close(0, AbortSignal.abort()));
  return group;
}
