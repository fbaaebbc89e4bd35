import { HpoError, usageError } from '../core/errors.js';
import { newestStep } from '../core/last-step.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';
import { AttemptCheckpoint } from '../executors/function/checkpoints/trial-checkpoint.js';
import { waitsForSave } from '../schedulers/registry.js';
import { isPaused } from '../schedulers/rungs.js';
import type { OpenedTrial, UnfinishedTrial } from '../storage/storage.js';
import { MOST_AT_ONCE, type TrialOpener } from '../study/ask/ask-batch.js';
import { openAsked } from '../study/ask/open-asked.js';
import { reportedViolations } from '../study/ask/reported-violations.js';
import { SeenAlive } from '../study/ask/seen-alive.js';
import type { Emit } from '../study/events.js';
import { assertInPlace } from '../study/sweep/database-watch.js';
import { isAsked, openScheduled, recordPause, type ScheduledContext } from './asked-queue.js';
import { type AskedContext, AskedTrialRun } from './asked-trial.js';
import { type Saving, type SavingContext, savingOf } from './saved-states.js';
import { isPauseOf, isPruned, toEnding } from './tell.js';
import type { AskedTrial, TrialResult } from './trial-types.js';

/** What asks for trials and records their results. */
type AskingContext = AskedContext & ScheduledContext & Unfinished & SavingContext & TrialOpener;

/** The trials that a program asked for and runs itself. */
export class Asked {
  readonly #study: AskingContext;
  readonly #trials = new Map<number, AskedTrialRun>();
  /** Whether a trial of this study has saved its state; null: only those of this process would be known. */
  #areSaved: boolean | null = null;
  readonly #saving: Saving;
  readonly #seen: SeenAlive;

  constructor(study: AskingContext) {
    this.#study = study;
    this.#seen = new SeenAlive(study.storage.liveness);
    this.#saving = savingOf(study);
  }

  /** Resolves when everything that the trials reported is stored, or could not be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#trials.values()].map((one) => one.settled()));
  }

  /** @throws HpoError study.exhausted (usage). */
  async ask(): Promise<AskedTrial> {
    const [trial] = await this.askBatch(1);
    return trial as AskedTrial;
  }

  /**
   * Returns so many trials, or fewer where fewer are left; new configurations are opened in one transaction.
   * @throws HpoError ask.count, study.exhausted (both usage).
   */
  async askBatch(count: number): Promise<readonly AskedTrial[]> {
    const study = this.#study;
    if (!Number.isSafeInteger(count) || count < 1 || count > MOST_AT_ONCE)
      throw usageError(
        'ask.count',
        `expected a number of trials from 1 to ${MOST_AT_ONCE}, got ${shownValue(count)}`,
        {
          fix: 'study.ask(16), or study.ask() for one trial',
        },
      );
    await assertInPlace(study);
    const warn = (message: string) => process.emitWarning(message, 'HpoWarning');
    const { states } = this.#saving;
    const emit: Emit = (event) => {
      if (event.type === 'warning') warn(`trial ${event.trial} was ${event.message}`);
    };
    const { opened, exhausted } =
      study.scheduler !== null && (await this.#mayPause())
        ? await openScheduled({ study, states, emit }, count)
        : await openAsked(study, count, { seen: this.#seen, warn, held: [] });
    if (opened.length === 0)
      throw usageError('study.exhausted', exhausted?.exhausted ?? 'nothing is left', {
        fix: 'stop asking, or widen the space',
      });
    const trials: AskedTrial[] = [];
    for (const one of opened) trials.push(await this.#begin(one));
    return trials;
  }

  /**
   * Whether trials may be paused, and so have attempts. A program that names no scheduler may know nothing of pauses: then only trials
   * that save their state here are paused.
   */
  async #mayPause(): Promise<boolean> {
    const { spec } = this.#study;
    if (!waitsForSave(spec.scheduler)) return true;
    this.#areSaved ??= (await this.#study.view()).configs.some(({ trials }) => trials.some(isPaused));
    return this.#areSaved;
  }

  async #begin(opened: OpenedTrial): Promise<AskedTrial> {
    const study = this.#study;
    const { states, reported } = this.#saving;
    const { number } = opened.trial;
    const saved = () => {
      this.#areSaved = true;
    };
    const inform = { saved, settled: async () => {} };
    const saving = await AttemptCheckpoint.open({ states, trial: number, ...inform }, reported);
    // A program may keep its checkpoints itself. Then the trial continues where it was paused.
    const newest = newestStep(opened.trial.steps);
    const isOwn = newest !== null && !(await states.exist({ trial: number, token: '', handle: '' }));
    const startStep = isOwn ? newest : saving.startStep;
    const before = startStep === 0 ? [] : await study.storage.metrics(study.id, number);
    const one = new AskedTrialRun({
      study,
      opened,
      saving,
      startStep,
      reported: before.filter(({ step }) => step !== null && step <= startStep),
    });
    this.#trials.set(one.trial.number, one);
    return one.trial;
  }

  /** @throws HpoError (usage) trial.finished, trial.values, trial.not-asked. */
  async tell(number: number, result: TrialResult): Promise<void> {
    const study = this.#study;
    const one = this.#trials.get(number) ?? null;
    await one?.settled();
    const asked = one ?? (await askedElsewhere(study, number));
    const isPause = isPauseOf(study.spec.objectives, result) && (one?.pruneReason ?? null) === null;
    const isStored =
      asked !== null &&
      (isPause
        ? await this.#pause(asked, (result as { readonly pausedAt: unknown }).pausedAt)
        : await this.#end(asked, one, result));
    if (!isStored) {
      const came = Number.isSafeInteger(number)
        ? `trial ${number}, which has an end already or was never asked for`
        : 'no trial; await ask() first';
      throw usageError('trial.finished', `expected a running trial from ask(), got ${came}`);
    }
    this.#trials.delete(number);
    await assertInPlace(study);
  }

  async #end(asked: AskedRef, one: AskedTrialRun | null, result: TrialResult): Promise<boolean> {
    const study = this.#study;
    const told = isPauseOf(study.spec.objectives, result) ? ({ state: 'pruned' } as const) : result;
    if (isMapping(told) && isPruned(told as TrialResult) && (await this.#isPausing(one)))
      return this.#pause(asked, asked.newestStep);
    const ending = toEnding(study.spec.objectives, told, one, Date.now());
    const { number: trial } = asked;
    const violations = await reportedViolations(study, trial, {
      state: ending.state,
      fix: (metric) => `trial.report({ ${metric}: VALUE }, STEP) first, or tell { state: 'fail', reason }`,
    });
    if (!(await study.tell(asked.id, asked.attemptId, { ...ending, violations }))) return false;
    await this.#saving.states.discard({ trial, token: '', handle: '' });
    return true;
  }

  /** Whether a trial was asked to end for a pause alone, and has saved its state. What the program makes of it does not matter. */
  async #isPausing(one: AskedTrialRun | null): Promise<boolean> {
    if (one === null || !one.isPausing || one.pruneReason !== null) return false;
    return savingOf(this.#study).states.exist({ trial: one.number, token: '', handle: '' });
  }

  /** @throws HpoError trial.pause (usage) where the trial cannot be continued later. */
  async #pause(asked: AskedRef, pausedAt: unknown): Promise<boolean> {
    const study = this.#study;
    const { attemptId, number, targetStep } = asked;
    if (attemptId === null)
      throw usageError('trial.pause', 'expected a study with a scheduler that pauses trials, got none', {
        fix: "createStudy({ ..., scheduler: 'asha' })",
      });
    const reported = asked.newestStep;
    if (reported === null || pausedAt !== reported)
      throw usageError(
        'trial.pause',
        `expected pausedAt to be the step that trial ${number} has reported last, ${reported ?? 'which has reported none'}, got ${shownValue(pausedAt)}`,
        { fix: 'trial.report(value, step), then tell(trial, { pausedAt: step })' },
      );
    return recordPause(study.storage, { attemptId, targetStep, pausedAt: reported });
  }
}

/** What is known of a trial that was asked for. `newestStep`: the last that it has reported. */
type AskedRef = Pick<AskedTrialRun, 'id' | 'attemptId' | 'targetStep' | 'newestStep'> & {
  readonly number: number;
};

type Unfinished = { findUnfinished(number: number): Promise<UnfinishedTrial | null> };

/** Returns a trial that another process asked for, or this one before it opened the study again; else null. */
async function askedElsewhere(study: AskingContext, number: number): Promise<AskedRef | null> {
  const found = await study.findUnfinished(number);
  if (!found || found.trial.configId === null) return null;
  const { trial, attempt } = found;
  const ref = { id: trial.id, number, newestStep: newestStep(trial.steps) };
  if (attempt === null) return { ...ref, attemptId: null, targetStep: null };
  // Where a scheduler pauses trials, those that are asked for have attempts too.
  const isOurs = attempt.owner === study.owner || study.storage.liveness.judge(attempt.owner) === 'ended';
  const isRunning = attempt.finishedAtMs === null && isAsked(attempt);
  if (isOurs && isRunning) return { ...ref, attemptId: attempt.id, targetStep: attempt.targetStep };
  throw new HpoError(
    'trial.not-asked',
    `trial ${number} belongs to a running search, which records its result`,
    { usage: true },
  );
}
