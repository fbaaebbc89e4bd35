import { isCustomName } from '../../core/component-options.js';
import type { Exploit, FirstTarget, Promotion, ScheduleView, Waiting } from '../../schedulers/scheduler.js';
import type { UnfinishedTrial } from '../../storage/storage.js';
import type { AttemptEnd } from '../attempt/attempt-end.js';
import type { Resumability } from '../attempt/resumability.js';
import type { Configuration } from '../study-context.js';
import type { SchedulingContext } from './sweep-context.js';

const TO_THE_END: FirstTarget = () => null;

/** A paused trial that continues. */
export type Continued = {
  readonly kind: 'continued';
  readonly promotion: Promotion;
  readonly trialId: number;
  readonly fromStep: number;
};

/** A new trial that continues the checkpoint of a paused one, in the place of another paused one. */
export type Exploited = {
  readonly kind: 'exploit';
  readonly exploit: Exploit;
  readonly parent: Configuration;
  readonly replaced: Configuration;
};

/** `wait`: nothing is started now, and why. */
export type NextPaused = Continued | Exploited | ({ readonly kind: 'wait' } & Waiting);

type May = Pick<ScheduleView, 'canAsk' | 'canExploit'>;

/** The trials of a study that a scheduler has paused. It keeps only their ids: the view has the rest. */
export class PausedTrials {
  readonly #study: SchedulingContext;
  readonly resumability: Resumability;
  readonly #countStepsLeft: () => Promise<number | null>;
  readonly #paused = new Set<number>();
  /** The last question found nothing to continue, and nothing has changed since. */
  #isIdle = false;
  #hasLooked = false;
  /** What the last look at the unfinished trials found. */
  #lastLook = '';
  #othersRun = false;

  /** `countStepsLeft`: see `ScheduleView.stepsLeft`. Default: there is no limit. */
  constructor(
    study: SchedulingContext,
    resumability: Resumability,
    countStepsLeft: () => Promise<number | null> = async () => null,
  ) {
    this.#study = study;
    this.resumability = resumability;
    this.#countStepsLeft = countStepsLeft;
  }

  /** Whether a trial of the study waits for the scheduler and not for a slot. */
  isPaused({ trial }: Pick<UnfinishedTrial, 'trial'>): boolean {
    return this.#study.scheduler !== null && trial.pausedAt !== null;
  }

  /** Whether a paused trial may have to be continued. */
  get mayContinue(): boolean {
    return this.#paused.size > 0 && !this.#isIdle;
  }

  /** Whether another orchestrator ran a trial at the last look: at its own end it continues or ends what is paused. */
  get othersRun(): boolean {
    return this.#othersRun;
  }

  /** Looks at all unfinished trials. Where others have changed them since the last look, another one may continue now. */
  look(unfinished: readonly UnfinishedTrial[]): void {
    const runs = ({ attempt }: UnfinishedTrial) => attempt !== null && attempt.finishedAtMs === null;
    const found = unfinished.map((item) => `${item.trial.id} ${item.trial.pausedAt} ${runs(item)}`).join();
    if (found !== this.#lastLook) this.#isIdle = false;
    this.#lastLook = found;
    this.#othersRun = unfinished.some(runs);
    for (const item of unfinished) if (this.isPaused(item)) this.note(item.trial.id);
  }

  note(trialId: number): void {
    this.#paused.add(trialId);
    this.resumability.noteSaved();
  }

  /** Whether one of the trials that run, or a paused one, may come again after a pause. Code of the user's may pause any trial. */
  mayComeAgain(running: Iterable<{ readonly attempt: { readonly targetStep: number | null } }>): boolean {
    const { scheduler, spec } = this.#study;
    if (scheduler === null) return false;
    if (isCustomName(spec.scheduler.name) || this.#paused.size > 0) return true;
    return [...running].some(({ attempt }) => attempt.targetStep !== null);
  }

  /** An attempt has ended: what continues may be another trial now. */
  noteEnd({ kind }: Pick<AttemptEnd, 'kind'>, trialId: number): void {
    this.#isIdle = false;
    if (kind === 'paused') this.note(trialId);
  }

  /** Returns the first targets of new trials. */
  async firstTargets(): Promise<FirstTarget> {
    const { scheduler } = this.#study;
    if (scheduler === null || !(await this.#mayPause())) return TO_THE_END;
    return scheduler.firstTargets(await this.#view({ canAsk: true, canExploit: true }));
  }

  /** Whether a new trial may be given a target. */
  async #mayPause(): Promise<boolean> {
    return this.resumability.mayTarget(this.#study.spec.maxSteps !== null) && (await this.#hasSteps());
  }

  /**
   * Whether trials report steps, as far as anybody knows. Else a scheduler has nothing to do, and nothing is read for it but the trials
   * of earlier calls, once.
   */
  async #hasSteps(): Promise<boolean> {
    if (this.#study.spec.maxSteps !== null || this.resumability.hasSteps) return true;
    if (this.#hasLooked) return false;
    this.#hasLooked = true;
    const { configs } = await this.#study.view();
    if (configs.some(({ trials }) => trials.some(({ steps }) => steps.size > 0)))
      this.resumability.noteStep();
    return this.resumability.hasSteps;
  }

  /**
   * Returns what the scheduler continues now; null: nothing. `canAsk`: new configurations may still be asked for.
   * `canExploit`: a trial may continue another one's checkpoint.
   */
  async next(may: May): Promise<NextPaused | null> {
    const { scheduler } = this.#study;
    if (scheduler === null || !(await this.#hasSteps())) return null;
    const next = await scheduler.next(await this.#view(may));
    const found = next && this.#resolve(next, await this.#study.configurations());
    if (found === null || found.kind === 'wait') this.#isIdle = found !== null || !may.canAsk;
    return found;
  }

  /** Null for a trial that the study does not have. */
  #resolve(next: Promotion | Exploit | Waiting, configurations: readonly Configuration[]): NextPaused | null {
    if ('wait' in next) return { kind: 'wait', ...next };
    if ('trial' in next) {
      const trial = this.#find(next.trial, configurations)?.trials.find(
        ({ number }) => number === next.trial,
      );
      if (trial === undefined) return null;
      return { kind: 'continued', promotion: next, trialId: trial.id, fromStep: trial.pausedAt ?? 0 };
    }
    const parent = this.#find(next.parent, configurations);
    const replaced = this.#find(next.replaces, configurations);
    return parent && replaced && { kind: 'exploit', exploit: next, parent, replaced };
  }

  /** The trial runs again, here or elsewhere. */
  forget(trialId: number): void {
    this.#paused.delete(trialId);
  }

  #find(trial: number, configurations: readonly Configuration[]): Configuration | null {
    return configurations.find(({ trials }) => trials.some(({ number }) => number === trial)) ?? null;
  }

  async #view(may: May): Promise<ScheduleView> {
    const { space } = this.#study;
    const view = await this.#study.view();
    const stepsLeft = await this.#countStepsLeft();
    return { ...view, space, resumable: this.resumability.isReliable, stepsLeft, ...may };
  }
}
