import { HpoError, messageOf } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { CustomTerminator, Verdict } from './terminator.js';

/** Returns whether a value has the shape of a terminator. */
export function isTerminator(value: unknown): value is CustomTerminator {
  return (
    typeof value === 'object' && value !== null && 'decide' in value && typeof value.decide === 'function'
  );
}

/** Returns the terminator with its errors attributed to it: what it throws, and results that are no verdict. */
export function guardedTerminator(name: string, terminator: CustomTerminator): CustomTerminator {
  return {
    async decide(space, view, at) {
      let verdict: unknown;
      try {
        verdict = await terminator.decide(space, view, at);
      } catch (cause) {
        if (cause instanceof HpoError) throw cause;
        throw new HpoError('terminator.threw', `the terminator ${name} threw: ${messageOf(cause)}`, {
          cause,
        });
      }
      return checked(name, verdict);
    },
  };
}

function checked(name: string, verdict: unknown): Verdict {
  if (typeof verdict === 'object' && verdict !== null && 'stop' in verdict) {
    const { stop } = verdict;
    const reason = 'reason' in verdict ? verdict.reason : `the terminator ${name} decided it`;
    if (typeof stop === 'boolean' && typeof reason === 'string') return { stop, reason };
  }
  throw new HpoError(
    'terminator.bad-verdict',
    `expected { stop: true or false, reason: 'why' } from the terminator ${name}, got ${shownValue(verdict)}`,
  );
}
