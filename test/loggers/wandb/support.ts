import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Journal } from '../../../src/loggers/runs/journal.js';
import type { RunEnd } from '../../../src/loggers/wandb/run-end.js';
import type { RunMetadata } from '../../../src/loggers/wandb/run-metadata.js';
import { findPython } from '../../support/real-part.js';
import { temporaryFolder } from '../support.js';

export const head = (more: Partial<RunMetadata> = {}): RunMetadata => ({
  id: '0123456789abcdef',
  trial: 3,
  attempt: 1,
  project: 'p',
  entity: null,
  displayName: 's-3',
  group: 's',
  jobType: null,
  tags: [],
  notes: null,
  earlier: [],
  isEndOnly: false,
  config: { lr: 0.1 },
  startedAtMs: Date.UTC(2024, 0, 2, 3, 4, 5, 678),
  ...more,
});

/** A journal in a folder of this test's own. */
export function newJournal(more: Partial<RunMetadata> = {}): Journal<RunMetadata, RunEnd> {
  return Journal.begin(join(temporaryFolder(), 'journals', '00003-1-0123456789abcdef.jsonl'), head(more));
}

const READER = fileURLToPath(new URL('fixtures/read_wandb.py', import.meta.url));

export type OfflineRecord = {
  readonly num: number;
  readonly kind: string;
  readonly step?: number;
  readonly row?: Readonly<Record<string, unknown>>;
  readonly summary?: Readonly<Record<string, unknown>>;
  readonly display_name?: string;
  readonly exit_code?: number;
};

/** The records of a .wandb file, read by a program that shares nothing with its writer. */
export function readOffline(file: string): OfflineRecord[] {
  const { status, stdout, stderr } = spawnSync(findPython() as string, [READER, file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as OfflineRecord);
}
