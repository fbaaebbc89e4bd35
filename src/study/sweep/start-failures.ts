import { LOST_ATTEMPTS_LIMIT, type RetryCause } from '../attempt/retry-policy.js';

/** Counts, for each trial, the attempts of this call that did not start: an impossible launch is not repeated for ever. */
export class StartFailures {
  readonly #counts = new Map<number, number>();

  note(trialId: number, cause: RetryCause): void {
    if (cause !== 'not-started' && cause !== 'infrastructure-error') return;
    this.#counts.set(trialId, this.#count(trialId) + 1);
  }

  mayRelaunch(trialId: number): boolean {
    return this.#count(trialId) + 1 < LOST_ATTEMPTS_LIMIT;
  }

  #count(trialId: number): number {
    return this.#counts.get(trialId) ?? 0;
  }
}
