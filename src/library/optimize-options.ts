import { DURATION, durationMs } from '../config/duration.js';
import { BOUNDS } from '../core/bounds.js';
import { usageError } from '../core/errors.js';
import { NO_RETRY_DELAY } from '../core/retry-delay.js';
import type { TrialBudget } from '../study/sweep/budget.js';
import type { FailureRules } from '../study/sweep/failures.js';
import { SETTING_OPTIONS } from './setting-options.js';
import type { OptimizeOptions } from './types.js';

/** The options of a call, checked. */
export type ResolvedOptions = {
  readonly trials: TrialBudget | null;
  readonly epochs: null;
  readonly timeoutMs: number | null;
  readonly trialTimeoutMs: number | null;
  readonly target: number | null;
  readonly concurrency: number;
  readonly failures: FailureRules;
};

/** Options that are not settings of a sweep file. */
const OWN_OPTIONS = ['signal', 'catch', 'retryFailed', 'onTrialStart', 'onTrialEnd', 'onWarning'];
const KNOWN = new Set([...SETTING_OPTIONS, ...OWN_OPTIONS]);

/** @throws HpoError optimize.unknown-option, optimize.bad-option, optimize.target-objectives (usage). */
export function resolveOptions(options: OptimizeOptions, objectives: number): ResolvedOptions {
  const odd = Object.keys(options).find((name) => !KNOWN.has(name));
  if (odd !== undefined)
    throw usageError('optimize.unknown-option', `expected one of ${[...KNOWN].join(', ')}, got ${odd}`);
  const { target = null } = options;
  if (target !== null && objectives > 1)
    throw usageError('optimize.target-objectives', 'expected one objective with a target, got several');
  return {
    trials: toBudget(options.trials),
    epochs: null,
    timeoutMs: toMs('timeout', options.timeout),
    trialTimeoutMs: toMs('trialTimeout', options.trialTimeout),
    target,
    concurrency: atLeast(1, 'concurrency', options.concurrency, BOUNDS.concurrent) ?? 1,
    failures: {
      ...toRetries(options.retries),
      // A program that catches errors, or returns NaN, wants to continue: failures stop it only when it sets a limit.
      maxFailures: atLeast(1, 'maxFailures', options.maxFailures) ?? Number.POSITIVE_INFINITY,
      maxConsecutiveFailures: atLeast(1, 'maxConsecutiveFailures', options.maxConsecutiveFailures),
    },
  };
}

function toBudget(trials: OptimizeOptions['trials']): TrialBudget | null {
  if (trials === undefined) return null;
  const more = typeof trials === 'string';
  const count = more && /^\+\d+$/.test(trials) ? Number(trials) : more ? Number.NaN : trials;
  if (Number.isSafeInteger(count) && count >= 1) return { count, more };
  throw bad('trials', "a whole number of at least 1, or text such as '+20'", trials);
}

function toMs(name: string, duration: number | string | undefined): number | null {
  if (duration === undefined) return null;
  const ms = typeof duration === 'string' ? durationMs(duration) : duration * 1000;
  if (ms !== null && ms > 0 && Number.isFinite(ms)) return ms;
  throw bad(name, `seconds above 0, or ${DURATION.replace('expected ', '')}`, duration);
}

function toRetries(given: OptimizeOptions['retries']): Pick<FailureRules, 'retries' | 'retryDelay'> {
  if (given === null || typeof given !== 'object')
    return { retries: atLeast(0, 'retries', given) ?? 0, retryDelay: NO_RETRY_DELAY };
  const { times, delayMs = 0, factor = 1, maxDelayMs, ...rest } = given;
  const [odd] = Object.keys(rest);
  if (odd !== undefined) throw bad('retries', 'a number, or times, delayMs, factor and maxDelayMs', odd);
  return {
    retries: atLeast(0, 'retries.times', times) ?? 0,
    retryDelay: {
      delayMs: number(0, 'retries.delayMs', delayMs),
      factor: number(1, 'retries.factor', factor),
      maxDelayMs: maxDelayMs === undefined ? null : number(0, 'retries.maxDelayMs', maxDelayMs),
    },
  };
}

function number(least: number, name: string, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value;
  throw bad(name, `a number of at least ${least}`, value);
}

function atLeast(
  least: number,
  name: string,
  value: number | undefined,
  most = Number.POSITIVE_INFINITY,
): number | null {
  if (value === undefined) return null;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw bad(
    name,
    most === Number.POSITIVE_INFINITY
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`,
    value,
  );
}

function bad(name: string, expected: string, got: unknown) {
  return usageError('optimize.bad-option', `expected ${name} to be ${expected}, got ${JSON.stringify(got)}`);
}

/** Returns whether an error of the objective fails only its trial. */
export function isCaught(which: OptimizeOptions['catch'], error: unknown): boolean {
  if (which === undefined || typeof which === 'boolean') return which ?? false;
  // An array of classes. Array.isArray does not narrow a readonly array.
  if ('length' in which && typeof which !== 'function') return which.some((each) => error instanceof each);
  return (which as (error: unknown) => boolean)(error);
}
