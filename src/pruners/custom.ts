import { HpoError, messageOf } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import { guard } from './guard.js';
import type { CustomPruner, Decision } from './pruner.js';

/** Returns whether a value has the shape of a pruner. */
export function isPruner(value: unknown): value is CustomPruner {
  return (
    typeof value === 'object' && value !== null && 'decide' in value && typeof value.decide === 'function'
  );
}

/**
 * Returns the pruner with its errors attributed to it: what it throws, and results that are no decision. It stops no trial at
 * a last step that was given; what it compares is its own affair.
 */
export function guardedPruner(name: string, pruner: CustomPruner): CustomPruner {
  return {
    async decide(trial, view) {
      let decision: unknown;
      try {
        decision = await pruner.decide(trial, view);
      } catch (cause) {
        if (cause instanceof HpoError) throw cause;
        const message = messageOf(cause);
        throw new HpoError('pruner.threw', `the pruner ${name} threw at trial ${trial.number}: ${message}`, {
          cause,
        });
      }
      return guard(checked(name, decision), trial, view, 'bounds');
    },
  };
}

function checked(name: string, decision: unknown): Decision {
  if (typeof decision === 'object' && decision !== null && 'prune' in decision) {
    const { prune } = decision;
    const reason = 'reason' in decision ? decision.reason : `the pruner ${name} decided it`;
    if (typeof prune === 'boolean' && typeof reason === 'string') return { prune, reason };
  }
  throw new HpoError(
    'pruner.bad-decision',
    `expected { prune: true or false, reason: 'why' } from the pruner ${name}, got ${shownValue(decision)}`,
  );
}
