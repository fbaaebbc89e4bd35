/**
 * Thrown by an objective that ends its own trial: the trial is pruned, with the last value it reported. The message is stored as
 * the reason.
 */
export class TrialPruned extends Error {
  override readonly name = 'TrialPruned';

  constructor(message = 'the objective pruned it') {
    super(message);
  }
}
