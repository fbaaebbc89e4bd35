import type { JudgedSteps } from '../../core/judged-steps.js';
import { lastStep } from '../../core/last-step.js';
import type { MetricPoint } from '../../executors/executor.js';
import type { AttemptContext } from './attempt-context.js';
import type { Resumability } from './resumability.js';
import { CONTINUE, decideStep, type Judgement, PAUSE } from './step-decision.js';
import type { TargetWatch } from './target-watch.js';

type Judging = {
  readonly study: Pick<AttemptContext, 'pruner' | 'scheduler' | 'view' | 'space'>;
  readonly trial: number;
  readonly targetStep: number | null;
  readonly watch: TargetWatch | null;
  readonly resumability: Resumability;
};

/** A report of the first objective, with all of its steps so far. */
type Reported = {
  readonly point: MetricPoint & { readonly step: number };
  readonly steps: ReadonlyMap<number, number>;
  /** What it has reported of other objectives and of constrained metrics. */
  readonly others: JudgedSteps;
  /** The report comes again, and was judged when it came first. */
  readonly isKnown: boolean;
};

/** Decides after each report of the first objective whether an attempt continues, is paused at its target, or is pruned. */
export class StepJudge {
  readonly #j: Judging;
  #ignoresTarget = false;

  constructor(judging: Judging) {
    this.#j = judging;
  }

  /** Whether anything is decided at a report; else no view needs to be read. */
  isNeeded({ counted }: Pick<MetricPoint, 'counted'>): boolean {
    const { study, targetStep, resumability } = this.#j;
    const judges = resumability.judges({ isCounted: counted === true });
    const decides = study.scheduler !== null && !resumability.trainsInFull && judges;
    return study.pruner !== null || decides || targetStep !== null;
  }

  /** Whether the attempt passed its target step and trains to its end. */
  get ignoresTarget(): boolean {
    return this.#ignoresTarget;
  }

  async judge({ point, steps, others, isKnown }: Reported): Promise<Judgement> {
    const { study, trial: number } = this.#j;
    const view = await study.view();
    const last = lastStep(view, { steps });
    // A trial ends by itself after its last step.
    const isLast = last !== null && point.step >= last;
    const trial = { number, state: 'running', values: null, steps, ...others } as const;
    const atTarget = await this.#atTarget(point, isLast);
    if (atTarget === 'pause') return PAUSE;
    const { resumability } = this.#j;
    if (isKnown || !resumability.judges({ isCounted: point.counted === true })) return this.#continues();
    const resumable = resumability.isPauseExpected;
    const decided = await decideStep({ study, view, trial, isLast, resumable, canExploit: true });
    if (decided.kind === 'prune' || isLast || study.scheduler === null) return decided;
    if (decided.kind === 'pause' && atTarget === 'before') await this.#pass(point);
    return this.#continues();
  }

  /** An attempt whose state at the target step is saved already is paused at once. */
  #continues(): Judgement {
    return this.#j.watch?.isSaved && !this.#ignoresTarget ? PAUSE : CONTINUE;
  }

  /** Pauses an attempt that reports again after its target step, as soon as it does not save. */
  async #atTarget(
    { step, counted }: Reported['point'],
    isLast: boolean,
  ): Promise<'before' | 'passed' | 'pause'> {
    const { targetStep, watch } = this.#j;
    // It ends by itself.
    if (isLast) watch?.close();
    if (this.#ignoresTarget || isLast) return 'before';
    if (watch?.isPassed) {
      if (await watch.hasCheckpoint()) return (await watch.hurry()) ? 'pause' : 'passed';
      this.#giveUp('it saved no checkpoint in HPO_CHECKPOINT_DIR by its target step');
      return 'before';
    }
    if (targetStep === null || step < targetStep) return 'before';
    await this.#pass({ counted, step });
    return this.#ignoresTarget ? 'before' : 'passed';
  }

  async #pass({ counted, step }: Pick<Reported['point'], 'counted' | 'step'>): Promise<void> {
    const { watch } = this.#j;
    if (watch === null) this.#ignoresTarget = true;
    else if (counted) this.#giveUp(null);
    else await watch.pass(step);
  }

  /** `why` null: it does not number its steps. */
  #giveUp(why: string | null): void {
    const { trial, watch, resumability } = this.#j;
    this.#ignoresTarget = true;
    watch?.close();
    if (why === null) resumability.noteUnnumbered(trial);
    else resumability.noteMissing(trial, why);
  }
}
