import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { categorical, float, int } from '../../../src/core/distribution.js';
import type { StudySpec } from '../../../src/core/spec.js';
import type { AttemptSpec } from '../../../src/executors/executor.js';
import { openStorage } from '../../../src/storage/open.js';
import { createStudy } from '../../../src/study/open-study.js';
import type { Study } from '../../../src/study/study.js';
import {
  failed,
  makeSpec,
  type Script,
  ScriptedExecutor,
  sweep,
  T0,
  tempDir,
  trains,
} from '../../study/harness.js';

/** The URL of a database in a folder of its own. */
export function databaseUrl(): string {
  return `sqlite:${join(tempDir(), 'hpo.db')}`;
}

export const SPEC: StudySpec = makeSpec(
  [
    { name: 'lr', distribution: float(1e-4, 1, { log: true }) },
    { name: 'layers', distribution: int(1, 5) },
    { name: 'act', distribution: categorical(['relu', 'tanh']) },
    { name: 'slope', distribution: float(0, 1), when: { act: ['relu'] } },
  ],
  { sampler: { name: 'random', options: {} } },
);

/** Loss is near the learning rate; trial 2 fails. */
const script: Script = (attempt, hooks) =>
  attempt.trial === 2 ? failed() : trains(({ lr }) => Number(lr))(attempt, hooks);

/** Runs scripts in place of processes, each with a folder and a log as a process would have. */
class LoggingExecutor extends ScriptedExecutor {
  readonly #log: string | Uint8Array;
  readonly #folder = tempDir();

  constructor(run: Script, log: string | Uint8Array) {
    super(run);
    this.#log = log;
  }

  override allocate({ trial, attempt }: AttemptSpec): string {
    const folder = join(this.#folder, '.attempts', `${trial}-${attempt}-abcd`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'log'), this.#log);
    return folder;
  }
}

/** Creates a study in a database and runs so many trials of it. */
export async function makeStudy(
  url: string,
  {
    name = 'study',
    trials = 6,
    spec = SPEC,
    run = script,
    log = 'METRIC loss=1\n',
  }: { name?: string; trials?: number; spec?: StudySpec; run?: Script; log?: string | Uint8Array } = {},
): Promise<void> {
  await withStudy(url, { name, spec }, async (study) => {
    if (trials > 0) await sweep(study, new LoggingExecutor(run, log), { budget: trials });
  });
}

async function withStudy(
  url: string,
  { name, spec }: { name: string; spec: StudySpec },
  body: (study: Study) => Promise<void>,
): Promise<void> {
  const storage = await openStorage(url);
  try {
    await body(await createStudy(storage, { name, spec, seed: 7, nowMs: T0 }));
  } finally {
    await storage.close();
  }
}
