import { HpoError, messageOf } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import { isPaused } from './rungs.js';
import type { FirstTarget, Promotion, Scheduler, Verdict } from './scheduler.js';

const FUNCTIONS = ['firstTargets', 'decide', 'next'] as const;

/** Returns whether a value has the shape of a scheduler. */
export function isScheduler(value: unknown): value is Scheduler {
  return (
    typeof value === 'object' &&
    value !== null &&
    FUNCTIONS.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function')
  );
}

/** Returns the scheduler with its errors attributed to it: what it throws, and results that are none of its contract. */
export function guardedScheduler(name: string, scheduler: Scheduler): Scheduler {
  return {
    async firstTargets(view) {
      const targets: unknown = await attributed(name, () => scheduler.firstTargets(view));
      if (typeof targets !== 'function')
        throw bad(name, 'a function of a trial number from firstTargets', targets);
      return (first) => {
        const target: unknown = (targets as FirstTarget)(first);
        if (target === null || isStep(target)) return target;
        throw bad(name, 'a step of at least 1, or null, as a first target', target);
      };
    },
    async decide(trial, view) {
      const verdict: unknown = await attributed(name, () => scheduler.decide(trial, view));
      return toVerdict(name, verdict);
    },
    async next(view) {
      const promotion: unknown = await attributed(name, () => scheduler.next(view));
      return promotion === null ? null : toPromotion(name, promotion, view.configs);
    },
  };
}

async function attributed<T>(name: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof HpoError) throw cause;
    throw new HpoError('scheduler.threw', `the scheduler ${name} threw: ${messageOf(cause)}`, { cause });
  }
}

function toVerdict(name: string, given: unknown): Verdict {
  if (typeof given === 'object' && given !== null && 'kind' in given) {
    const { kind } = given;
    const reason = 'reason' in given ? given.reason : `the scheduler ${name} decided it`;
    if ((kind === 'continue' || kind === 'pause' || kind === 'stop') && typeof reason === 'string')
      return { kind, reason };
  }
  throw bad(name, "{ kind: 'continue', 'pause' or 'stop', reason: 'why' } from decide", given);
}

type Configs = Parameters<Scheduler['next']>[0]['configs'];

/** Only a paused trial can be continued: anything else would be asked for again and again. */
function toPromotion(name: string, given: unknown, configs: Configs): Promotion {
  if (typeof given === 'object' && given !== null && 'trial' in given) {
    const { trial } = given;
    const toStep = 'toStep' in given ? (given.toStep ?? null) : null;
    const reason = 'reason' in given ? given.reason : `the scheduler ${name} decided it`;
    const canContinue = configs.some(({ trials }) =>
      trials.some((each) => each.number === trial && isPaused(each)),
    );
    if (!canContinue) throw bad(name, 'the number of a paused trial from next', trial);
    if ((toStep === null || isStep(toStep)) && typeof reason === 'string')
      return { trial: trial as number, toStep, reason };
  }
  throw bad(name, "null, or { trial, toStep: a step or null, reason: 'why' }, from next", given);
}

function isStep(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function bad(name: string, expected: string, got: unknown): HpoError {
  return new HpoError(
    'scheduler.bad-answer',
    `expected ${expected} of the scheduler ${name}, got ${shownValue(got)}`,
  );
}
