import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { messageOf } from '../../core/errors.js';
import type { Target } from '../../loggers/wandb/target.js';
import type { Storage } from '../../storage/storage.js';
import type { Emit } from '../../study/events.js';
import type { ResultsSource, StudyIdentity } from '../../study/study-context.js';
import { livenessIn } from '../liveness.js';
import type { ResolvedSweep } from './load.js';
import type { OptimizeRequest, StopSignals } from './options.js';
import { makeLookUp, studyKey } from './wandb-facts.js';

/** How long the end of a sweep waits for W&B; less where someone wants to leave. */
const FLUSH_MS = 30_000;
const LEAVING_MS = 5000;

/** What a sweep is told to besides the terminal, its log and runs.csv. */
export type Loggers = {
  readonly subscribers: readonly Emit[];
  /** Before the sweep begins: what earlier calls owe. */
  open(): Promise<void>;
  /** Writes and sends what is owed, as far as it goes; says what is not. Never rejects. */
  close(signals: StopSignals): Promise<void>;
};

/** Where W&B runs go; null when none are wanted. Nothing of it is loaded then. @throws HpoError (usage) wandb.... */
export async function findWandb(
  wanted: ResolvedSweep,
  asked: OptimizeRequest['wandb'],
): Promise<Target | null> {
  if (asked === undefined && !wanted.run.wandb?.enabled) return null;
  const { findTarget } = await import('../../loggers/wandb/target.js');
  const target = findTarget(wanted.run.wandb, asked, process.env);
  if (target?.mode === 'online' && target.options.client === 'sdk') {
    (await import('../../loggers/wandb/sdk.js')).findSdk(process.cwd());
  }
  return target;
}

/** @throws HpoError (usage) events.not-writable. */
export async function checkEvents({ run }: ResolvedSweep): Promise<void> {
  if (run.events === null) return;
  const { checkEventsPlace } = await import('../../loggers/events/file.js');
  checkEventsPlace(run.events);
}

type Around = {
  readonly storage: Storage;
  readonly study: StudyIdentity & Pick<ResultsSource, 'spec'>;
  /** The folder of its outputs. */
  readonly studyDir: string;
  readonly wanted: ResolvedSweep;
  readonly wandb: Target | null;
  /** People are told on the terminal and in the sweep's log. */
  readonly tell: (message: string) => void;
};

export async function makeLoggers(around: Around): Promise<Loggers> {
  const [events, wandb] = [await makeEvents(around), await makeWandb(around)];
  const found = [events, wandb].filter((each) => each !== null);
  return {
    subscribers: found.map(({ subscriber }) => subscriber),
    open: async () => {
      await wandb?.open().catch((error: unknown) => around.tell(`W&B: ${messageOf(error)}`));
    },
    close: async ({ drain, abort }) => {
      if (events?.flush() === false) around.tell('the file of events is not complete');
      // Whoever has said stop may say it once more.
      const more = [drain, abort].filter((signal) => !signal.aborted);
      const limitMs = more.length < 2 ? LEAVING_MS : FLUSH_MS;
      await wandb?.close(limitMs, AbortSignal.any(abort.aborted ? [] : more));
    },
  };
}

async function makeEvents({ study, wanted, tell }: Around) {
  if (wanted.run.events === null) return null;
  const { makeEventsFile } = await import('../../loggers/events/file.js');
  const call = randomBytes(4).toString('hex');
  const of = { study: study.name, call, objectives: study.spec.objectives };
  return makeEventsFile(resolve(wanted.run.events), of, () => new Date(), tell);
}

async function makeWandb({ storage, study, studyDir, wandb: target, tell }: Around) {
  if (target === null) return null;
  const { makeWandb: make } = await import('../../loggers/wandb/create-logger.js');
  const journals = join(studyDir, '.wandb');
  return make({
    target,
    study: { name: study.name, key: await studyKey(storage, study) },
    journals,
    liveness: await livenessIn(journals),
    lookUp: makeLookUp(storage, study.id),
    tell,
  });
}
