import { trialList } from '../../core/trial-list.js';
import { describeIdentity } from '../../liveness/identity.js';
import type { Emit } from '../events.js';

/** Owners of which nobody here can see whether they live, with the numbers of the trials that they may run. */
export type Unseen = ReadonlyMap<string, readonly number[]>;

/** Warns about trials that another, invisible program may run: once for each owner, and at the end of the sweep. */
export class UnseenOwners {
  readonly #emit: Emit;
  readonly #warned = new Set<string>();
  #now: Unseen = new Map();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Takes the owners that the last look at the study found, and warns about new ones. */
  note(unseen: Unseen): void {
    this.#now = unseen;
    for (const [owner, trials] of unseen) {
      if (this.#warned.has(owner) || trials.length === 0) continue;
      this.#warned.add(owner);
      const them = trials.length === 1 ? 'this trial' : 'these trials';
      this.#warn(
        `cannot tell whether ${describeIdentity(owner)} still runs ${trialList(trials)}: ${them} will not be started here. ` +
          `If it has ended for sure, \`hpo stop ${trials[0]} --assume-ended\` queues a trial again`,
      );
    }
  }

  /** Warns at the end of the sweep about what may still run. */
  remind(): void {
    const trials = [...this.#now.values()].flat();
    if (trials.length > 0) this.#warn(`another program may still run ${trialList(trials)} of this study`);
  }

  #warn(message: string): void {
    this.#emit({ type: 'warning', trial: null, message });
  }
}
