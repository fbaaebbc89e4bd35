import { HpoError, usageError } from '../core/errors.js';
import { AttemptCheckpoint } from '../executors/function/checkpoints/trial-checkpoint.js';
import type { DatabaseFile, Storage, UnfinishedTrial } from '../storage/storage.js';
import { openAbandoned } from '../study/ask/asked-trials.js';
import type { StudyRows } from '../study/study-context.js';
import { DatabaseWatch } from '../study/sweep/database-watch.js';
import type { QueueContext } from '../study/sweep/sweep-context.js';
import { type AskedContext, AskedTrialRun } from './asked-trial.js';
import { type SavingContext, savingOf } from './saved-states.js';
import { toEnding } from './tell.js';
import type { AskedTrial, TrialResult } from './trial-types.js';

/** What asks for trials and records their results. */
type AskingContext = AskedContext &
  QueueContext &
  Unfinished &
  SavingContext &
  StudyRows<Storage> & {
    /** The name of this process. */
    readonly owner: string;
  };

/** The trials that a program asked for and runs itself. */
export class Asked {
  readonly #study: AskingContext;
  readonly #trials = new Map<number, AskedTrialRun>();

  constructor(study: AskingContext) {
    this.#study = study;
  }

  /** Resolves when everything that the trials reported is stored, or could not be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#trials.values()].map((one) => one.settled()));
  }

  /** @throws HpoError study.exhausted (usage). */
  async ask(): Promise<AskedTrial> {
    const study = this.#study;
    await assertInPlace(study);
    const warn = (message: string) => process.emitWarning(message, 'HpoWarning');
    const self = { asker: study.owner };
    const opened =
      (await openAbandoned(study, self, Date.now())) ??
      (await study.openEnqueued(self, Date.now(), ({ number, reason }) =>
        warn(`trial ${number} was enqueued, but not run: ${reason}`),
      )) ??
      (await study.ask(self, Date.now(), null));
    if ('exhausted' in opened)
      throw usageError('study.exhausted', opened.exhausted, { fix: 'stop asking, or widen the space' });
    const { states, reported } = savingOf(study);
    const settled = async () => {};
    const { number } = opened.trial;
    const saving = await AttemptCheckpoint.open(
      { states, trial: number, saved: () => {}, settled },
      reported,
    );
    const one = new AskedTrialRun(study, opened, saving);
    this.#trials.set(one.trial.number, one);
    return one.trial;
  }

  /** @throws HpoError (usage) trial.finished, trial.values, trial.not-asked. */
  async tell(number: number, result: TrialResult): Promise<void> {
    const study = this.#study;
    const one = this.#trials.get(number) ?? null;
    await one?.settled();
    const id = one?.id ?? (await askedElsewhere(study, number));
    const ending = toEnding(study.spec.objectives, result, one, Date.now());
    if (id === null || !(await study.tell(id, null, ending))) {
      const came = Number.isSafeInteger(number)
        ? `trial ${number}, which has an end already or was never asked for`
        : 'no trial; await ask() first';
      throw usageError('trial.finished', `expected a running trial from ask(), got ${came}`);
    }
    this.#trials.delete(number);
    await assertInPlace(study);
  }
}

/** @throws StorageLost, with a copy of everything stored, when the database was deleted or moved. */
async function assertInPlace({ storage }: { readonly storage: DatabaseFile }): Promise<void> {
  const watch = new DatabaseWatch(storage, () => {});
  if (!(await watch.check())) throw await watch.explain(null);
}

type Unfinished = { findUnfinished(number: number): Promise<UnfinishedTrial | null> };

/** Returns the id of a trial that another process asked for, or this one before it opened the study again; else null. */
async function askedElsewhere(study: Unfinished, number: number): Promise<number | null> {
  const found = await study.findUnfinished(number);
  if (!found || found.trial.configId === null) return null;
  if (found.attempt === null) return found.trial.id;
  throw new HpoError(
    'trial.not-asked',
    `trial ${number} belongs to a running search, which records its result`,
    { usage: true },
  );
}
