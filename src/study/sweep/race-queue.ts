import { isFeasible } from '../../core/metric-constraints.js';
import { toMinimization } from '../../core/objective-order.js';
import { nextSeed, type Racer } from '../../races/race.js';
import type { NewAttempt, OpenedTrial } from '../../storage/storage.js';
import { fullness, limitOf } from '../ask/trial-limit.js';
import type { Configuration } from '../study-context.js';
import { reservedTrials } from './budget.js';
import type { QueueContext } from './sweep-context.js';

/** What is started next, or why nothing is. */
export type AskNext =
  | { readonly opened: OpenedTrial }
  | { readonly none: 'exhausted' | 'budget' | 'converged' | 'patience' | 'spent'; readonly detail: string };

type Asking = {
  readonly attempt: NewAttempt;
  readonly startedAtMs: number;
  /** The study's total of trials; null for no limit. */
  readonly budget: number | null;
  /** Asks for a new configuration. */
  readonly ask: () => Promise<AskNext>;
};

/**
 * Decides between a new configuration and one more seed of an old one. Every configuration runs once. When so many have begun as
 * were planned, or there is no other, the race decides which gets the next seed, until it is decided. What is left of
 * the budget then goes to new configurations, unless their number was given.
 */
export class RaceQueue {
  readonly #study: QueueContext;
  readonly #configurations: number | null;

  constructor(study: QueueContext, configurations: number | null) {
    this.#study = study;
    this.#configurations = configurations;
  }

  async next(asking: Asking): Promise<AskNext> {
    const { race } = this.#study.spec;
    if (race === null) return asking.ask();
    const begun = (await this.#study.configurations()).length;
    const planned = this.#configurations ?? this.#plannedIn(asking.budget);
    if (planned === null || begun < planned) {
      const asked = await asking.ask();
      return 'none' in asked ? ((await this.#openRaced(asking, race)) ?? asked) : asked;
    }
    const raced = await this.#openRaced(asking, race);
    if (raced) return raced;
    if (this.#configurations === null) return asking.ask();
    return { none: 'budget', detail: `${begun} configurations have run, and the race among them is decided` };
  }

  /** A finite space comes first as a whole. */
  #plannedIn(budget: number | null): number | null {
    if (budget === null || !this.#study.samplerEntry.endless) return budget;
    return budget - reservedTrials(budget);
  }

  /** Opens the next trial of the race; null: it is decided, or the study has all its trials. */
  async #openRaced({ attempt, startedAtMs, budget }: Asking, race: number): Promise<AskNext | null> {
    // Another orchestrator may open the same trial first: then the next view has it.
    for (;;) {
      if (await fullness(this.#study, limitOf(1, budget))) return null;
      const configurations = await this.#study.configurations();
      const next = nextSeed(
        configurations.map((configuration) => this.#racerOf(configuration)),
        race,
      );
      if (next === null) return null;
      const { config } = configurations[next.racer] as Configuration;
      const opened = await this.#study.addRepeat(config.id, next.seed, attempt, startedAtMs);
      if (opened) return { opened };
    }
  }

  /** The trials of a configuration are in the order of their seeds. One that breaks a limit is as bad as can be. */
  #racerOf({ trials }: Configuration): Racer {
    const directions = this.#study.spec.objectives.map(({ direction }) => direction);
    return trials.map(({ state, values, violations }) => {
      if (state !== 'complete' || values === null) return null;
      return isFeasible(violations)
        ? (toMinimization(values, directions)[0] as number)
        : Number.POSITIVE_INFINITY;
    });
  }
}
