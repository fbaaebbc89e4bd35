import { BOUNDS } from '../core/bounds.js';
import { usageError } from '../core/errors.js';
import { NO_RETRY_DELAY } from '../core/retry-delay.js';
import { shownValue } from '../core/shown-value.js';
import type { TrialBudget } from '../study/sweep/budget.js';
import type { FailureRules } from '../study/sweep/failures.js';
import type { OptimizeOptions } from './call-options.js';
import { type Duration, toMs } from './duration.js';
import { SETTING_OPTIONS } from './setting-options.js';

/** The options of a call, checked. */
export type ResolvedOptions = {
  readonly trials: TrialBudget | null;
  readonly configurations: number | null;
  /** The study's total of steps that trials report. */
  readonly epochs: number | null;
  readonly timeoutMs: number | null;
  readonly trialTimeoutMs: number | null;
  readonly target: number | null;
  /** Trials that may complete without an improvement. */
  readonly patience: number | null;
  readonly concurrency: number;
  readonly failures: FailureRules;
};

/** Options that are not settings of a sweep file. */
const CALL_OPTIONS = [
  ...['budget', 'totalTrials', 'signal', 'retryFailed', 'loggers'],
  ...['onTrialStart', 'onTrialEnd', 'onWarning'],
];
export const RUN_OPTIONS: readonly string[] = [...SETTING_OPTIONS, ...CALL_OPTIONS, 'onEnd'];
export const OPTIMIZE_OPTIONS: readonly string[] = [...SETTING_OPTIONS, ...CALL_OPTIONS, 'catch'];

/** @throws HpoError optimize.unknown-option, optimize.bad-option, optimize.target-objectives (usage). */
export function resolveOptions(
  options: OptimizeOptions,
  objectives: number,
  known: readonly string[],
): ResolvedOptions {
  const odd = Object.keys(options).find((name) => !known.includes(name));
  if (odd !== undefined)
    throw usageError('optimize.unknown-option', `expected one of ${known.join(', ')}, got ${odd}`);
  const { target = null, signal } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw usageError('optimize.bad-option', `expected signal to be an AbortSignal, got ${typeof signal}`, {
      fix: 'signal: controller.signal',
    });
  if (target !== null && objectives > 1)
    throw usageError('optimize.target-objectives', 'expected one objective with a target, got several');
  return {
    trials: toBudget(options),
    configurations: toConfigurations(options),
    epochs: toSteps(options.budget),
    timeoutMs: optionalMs('timeout', options.timeout),
    trialTimeoutMs: optionalMs('trialTimeout', options.trialTimeout),
    target,
    patience: atLeast(1, 'patience', options.patience),
    concurrency: atLeast(1, 'concurrency', options.concurrency, BOUNDS.concurrent) ?? 1,
    failures: {
      ...toRetries(options.retries),
      // A program that catches errors, or returns NaN, wants to continue: failures stop it only when it sets a limit.
      maxFailures: atLeast(1, 'maxFailures', options.maxFailures) ?? Number.POSITIVE_INFINITY,
      maxConsecutiveFailures: atLeast(1, 'maxConsecutiveFailures', options.maxConsecutiveFailures),
    },
  };
}

function toConfigurations({ configurations, trials, totalTrials }: OptimizeOptions): number | null {
  if (configurations !== undefined && (trials ?? totalTrials) !== undefined)
    throw usageError('optimize.bad-option', 'expected trials or configurations, got both');
  return atLeast(1, 'configurations', configurations);
}

function toBudget({ trials, totalTrials }: OptimizeOptions): TrialBudget | null {
  if (totalTrials !== undefined) {
    if (trials !== undefined)
      throw usageError('optimize.bad-option', 'expected trials or totalTrials, got both', {
        fix: "trials: '+30' for 30 more, totalTrials: 30 for the study's total",
      });
    return { count: atLeast(1, 'totalTrials', totalTrials) as number, more: false };
  }
  if (trials === undefined) return null;
  const more = typeof trials === 'string';
  const count = more && /^\+\d+$/.test(trials) ? Number(trials) : more ? Number.NaN : trials;
  if (Number.isSafeInteger(count) && count >= 1) return { count, more };
  throw bad('trials', "a whole number of at least 1, or text such as '+20'", trials);
}

function toSteps(budget: OptimizeOptions['budget']): number | null {
  if (budget === undefined) return null;
  const isObject = typeof budget === 'object' && budget !== null;
  const odd = isObject ? Object.keys(budget).find((name) => name !== 'steps') : shownValue(budget);
  if (odd !== undefined) throw bad('budget', '{ steps: N }', odd);
  return atLeast(1, 'budget.steps', budget.steps);
}

function optionalMs(name: string, duration: Duration | undefined): number | null {
  return duration === undefined ? null : toMs(name, duration, 'above 0');
}

function toRetries(given: OptimizeOptions['retries']): Pick<FailureRules, 'retries' | 'retryDelay'> {
  if (given === null || typeof given !== 'object')
    return { retries: atLeast(0, 'retries', given) ?? 0, retryDelay: NO_RETRY_DELAY };
  const {
    times,
    delayMs = 0,
    delay = delayMs,
    factor = 1,
    maxDelayMs,
    maxDelay = maxDelayMs,
    ...rest
  } = given;
  const [odd] = Object.keys(rest);
  if (odd !== undefined) throw bad('retries', 'a number, or times, delay, factor and maxDelay', odd);
  return {
    retries: atLeast(0, 'retries.times', times) ?? 0,
    retryDelay: {
      delayMs: toMs('retries.delay', delay, 'from 0'),
      factor: number(1, 'retries.factor', factor),
      maxDelayMs: maxDelay === undefined ? null : toMs('retries.maxDelay', maxDelay, 'from 0'),
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
  return usageError('optimize.bad-option', `expected ${name} to be ${expected}, got ${shownValue(got)}`);
}

/** Returns whether an error of the objective fails only its trial. */
export function isCaught(which: OptimizeOptions['catch'], error: unknown): boolean {
  if (which === undefined || typeof which === 'boolean') return which ?? false;
  // An array of classes. Array.isArray does not narrow a readonly array.
  if ('length' in which && typeof which !== 'function') return which.some((each) => error instanceof each);
  return (which as (error: unknown) => boolean)(error);
}
