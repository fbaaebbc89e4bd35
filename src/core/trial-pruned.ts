/**
 * Thrown by an objective that gives its trial up: the trial ends as pruned, with the last value it reported. What the
 * message says is kept as the reason.
 */
export class TrialPruned extends Error {
  override readonly name = 'TrialPruned';

  constructor(message = 'the objective gave it up') {
    super(message);
  }
}
