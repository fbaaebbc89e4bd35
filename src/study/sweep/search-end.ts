import { stallOf } from '../../core/improvement.js';
import { makeRng } from '../../core/rng.js';
import type { Emit } from '../events.js';
import type { QueueContext } from './sweep-context.js';

export type SearchEnded = { readonly none: 'converged' | 'patience'; readonly detail: string };

type Context = Pick<QueueContext, 'spec' | 'terminator' | 'space' | 'seed' | 'view'>;

/** Decides when the results say that no new configuration is worth it: by the terminator, or for want of an improvement. */
export class SearchEnd {
  readonly #study: Context;
  readonly #emit: Emit;
  /** Trials that may complete without an improvement; null: any number. */
  readonly #patience: () => number | null;
  /** A verdict to stop is final for this call. */
  #converged: string | null = null;
  /** Finished configurations when the terminator was last asked. */
  #judgedAt = -1;

  constructor(
    study: Context,
    { patience, emit }: { readonly patience: () => number | null; readonly emit: Emit },
  ) {
    this.#study = study;
    this.#emit = emit;
    this.#patience = patience;
  }

  /** Returns why the search ends; null: it continues. */
  async reached(): Promise<SearchEnded | null> {
    const stalled = await this.#stalled();
    if (stalled !== null) return { none: 'patience', detail: stalled };
    if (await this.#isConverged()) return { none: 'converged', detail: this.#converged as string };
    return null;
  }

  /** Asked each time: a trial that still runs may bring an improvement. */
  async #stalled(): Promise<string | null> {
    const patience = this.#patience();
    if (patience === null) return null;
    const stall = stallOf(await this.#study.view(), this.#study.spec.repeats);
    if (stall === null || stall.trials < patience) return null;
    const trials = `${stall.trials} complete ${stall.trials === 1 ? 'trial' : 'trials'}`;
    return `${trials} without an improvement since trial ${stall.since} (patience ${patience})`;
  }

  /** Asks the terminator at most once for each new result. */
  async #isConverged(): Promise<boolean> {
    const { terminator, space, seed } = this.#study;
    if (!terminator || this.#converged !== null) return this.#converged !== null;
    const view = await this.#study.view();
    const finished = view.configs.filter(({ values }) => values !== null).length;
    if (finished === this.#judgedAt) return false;
    this.#judgedAt = finished;
    const verdict = await terminator.decide(space, view, {
      rng: makeRng(seed, 'terminate', finished),
    });
    const { stop, reason } = verdict;
    const gain = 'gain' in verdict ? verdict.gain : null;
    this.#emit({ type: 'terminator-judged', stop, reason, gain });
    if (stop) this.#converged = reason;
    return stop;
  }
}
