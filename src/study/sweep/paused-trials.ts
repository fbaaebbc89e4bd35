import type { FirstTarget, Promotion, ScheduleView } from '../../schedulers/scheduler.js';
import type { UnfinishedTrial } from '../../storage/storage.js';
import type { AttemptEnd } from '../attempt/attempt-end.js';
import type { Resumability } from '../attempt/resumability.js';
import type { Configuration } from '../study-context.js';
import type { SchedulingContext } from './sweep-context.js';

const TO_THE_END: FirstTarget = () => null;

/** A paused trial that continues. */
export type Continued = {
  readonly promotion: Promotion;
  readonly trialId: number;
  readonly fromStep: number;
};

/**
 * The trials of a study that a scheduler has paused. It keeps only their ids, so that a sweep without any reads no view to
 * find out what runs next.
 */
export class PausedTrials {
  readonly #study: SchedulingContext;
  readonly resumability: Resumability;
  readonly #paused = new Set<number>();
  /** The last question found nothing to continue, and nothing has changed since. */
  #isIdle = false;

  constructor(study: SchedulingContext, resumability: Resumability) {
    this.#study = study;
    this.resumability = resumability;
  }

  /** Whether a trial of the study waits for the scheduler and not for a slot. */
  isPaused({ trial }: Pick<UnfinishedTrial, 'trial'>): boolean {
    return this.#study.scheduler !== null && trial.pausedAt !== null;
  }

  /** Whether a paused trial may have to be continued. */
  get mayContinue(): boolean {
    return this.#paused.size > 0 && !this.#isIdle;
  }

  note(trialId: number): void {
    this.#paused.add(trialId);
  }

  /** An attempt has ended: what continues may be another trial now. */
  noteEnd({ kind }: Pick<AttemptEnd, 'kind'>, trialId: number): void {
    this.#isIdle = false;
    if (kind === 'paused') this.note(trialId);
  }

  /** Returns the first targets of new trials. */
  async firstTargets(): Promise<FirstTarget> {
    const { scheduler } = this.#study;
    if (scheduler === null || !this.resumability.isPossible) return TO_THE_END;
    return scheduler.firstTargets(await this.#view(true));
  }

  /** Returns the trial that the scheduler continues now; null: none. `canAsk`: new configurations may still be asked for. */
  async next(canAsk: boolean): Promise<Continued | null> {
    const { scheduler } = this.#study;
    if (scheduler === null || this.#paused.size === 0) return null;
    const view = await this.#view(canAsk);
    const promotion = await scheduler.next(view);
    const trial = promotion && this.#find(promotion.trial, await this.#study.configurations());
    if (promotion === null || trial === null) {
      this.#isIdle = !canAsk;
      return null;
    }
    return { promotion, trialId: trial.id, fromStep: trial.pausedAt ?? 0 };
  }

  /** The trial runs again, here or elsewhere. */
  forget(trialId: number): void {
    this.#paused.delete(trialId);
  }

  #find(number: number, configurations: readonly Configuration[]) {
    for (const { trials } of configurations)
      for (const trial of trials) if (trial.number === number) return trial;
    return null;
  }

  async #view(canAsk: boolean): Promise<ScheduleView> {
    const { space } = this.#study;
    return { ...(await this.#study.view()), space, resumable: this.resumability.isPossible, canAsk };
  }
}
