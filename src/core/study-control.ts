import { isSameSpending, type SpendingLimit, spendingFlag } from './spending.js';
import type { JsonValue } from './trial.js';
import { durationWords } from './units.js';

/** Limits that a running sweep obeys. Absent: unchanged. Null: no limit. */
export type ChangedLimits = {
  /** Total of trials of the study. */
  readonly trials?: number | null;
  readonly maxConcurrent?: number | null;
  /** Trials that may complete without an improvement. */
  readonly patience?: number | null;
  /** Counted from the start of each `hpo optimize` call. */
  readonly timeoutMs?: number | null;
  readonly trialTimeoutMs?: number | null;
  readonly noProgressTimeoutMs?: number | null;
  /** Total of steps of all trials. */
  readonly epochs?: number | null;
  /** What the study may spend. */
  readonly spending?: SpendingLimit | null;
};
export type LimitName = keyof ChangedLimits;
export type LimitValue = number | SpendingLimit | null;

/** What every orchestrator of a study must obey. It is stored with the study. */
export type StudyControl = {
  /** Unix time of the pause in milliseconds; null: the study is not paused. */
  readonly pausedAtMs: number | null;
  /** What `hpo set` changed since the last call of `hpo optimize`. */
  readonly limits: ChangedLimits;
  /** Owners whose sweeps are asked to end. */
  readonly stopping: readonly string[];
};

export const NO_CONTROL: StudyControl = { pausedAtMs: null, limits: {}, stopping: [] };

/** Each limit by its key in a sweep file. */
export const LIMIT_KEYS: Readonly<Record<LimitName, string>> = {
  trials: 'trials',
  maxConcurrent: 'max_concurrent',
  patience: 'patience',
  timeoutMs: 'timeout',
  trialTimeoutMs: 'trial_timeout',
  noProgressTimeoutMs: 'no_progress_timeout',
  epochs: 'max_epochs',
  spending: 'budget',
};
const LIMITS = Object.keys(LIMIT_KEYS) as LimitName[];

/** The user attribute with the limits with which the newest call of `hpo optimize` began. */
export const LIMITS_ATTRIBUTE = 'hpo:limits';

/** Reads stored limits. Whatever it cannot read counts as unknown. */
export function parseLimits(stored: JsonValue | undefined): ChangedLimits {
  const given = isRecord(stored) ? stored : {};
  const valid = LIMITS.filter((name) => Object.hasOwn(given, name) && isLimit(name, given[name]));
  return Object.fromEntries(valid.map((name) => [name, given[name]])) as ChangedLimits;
}

/** Reads a stored control. Whatever it cannot read counts as not set, so that no stored text can stop a sweep. */
export function parseControl(stored: JsonValue): StudyControl {
  if (!isRecord(stored)) return NO_CONTROL;
  const { pausedAtMs, limits, stopping } = stored;
  return {
    pausedAtMs: typeof pausedAtMs === 'number' ? pausedAtMs : null,
    limits: parseLimits(limits),
    stopping: Array.isArray(stopping) ? stopping.filter((owner) => typeof owner === 'string') : [],
  };
}

function isLimit(name: LimitName, value: JsonValue | undefined): boolean {
  if (value === null) return true;
  return name === 'spending' ? isSpending(value) : isAmount(value);
}

function isAmount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

function isSpending(value: JsonValue | undefined): boolean {
  if (!isRecord(value)) return false;
  const { steps = null, hours = null, metric = null, ...others } = value;
  const isMetric =
    metric === null || (isRecord(metric) && typeof metric.name === 'string' && isAmount(metric.max));
  const isAny = [steps, hours, metric].some((each) => each !== null);
  const areAmounts = [steps, hours].every((each) => each === null || isAmount(each));
  return (
    Object.keys(others).length === 0 && isAny && isMetric && areAmounts && Object.keys(value).length === 3
  );
}

/** Whether a limit is the same as another one. */
export function isSameLimit(a: LimitValue | undefined, b: LimitValue | undefined): boolean {
  const isBudget = (value: LimitValue | undefined) => typeof value === 'object' && value !== null;
  return isBudget(a) && isBudget(b) ? isSameSpending(a as SpendingLimit, b as SpendingLimit) : a === b;
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `trials=200 timeout=2h max_concurrent=none`, as `hpo set` takes it. */
export function limitsText(limits: ChangedLimits): string {
  return LIMITS.flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [`${LIMIT_KEYS[name]}=${limitText(name, value)}`];
  }).join(' ');
}

/** Returns a limit as `hpo set` takes it: `2h`, `hours=8`, `none`. */
export function limitText(name: LimitName, value: LimitValue): string {
  if (value === null) return 'none';
  if (typeof value === 'object') return spendingFlag(value);
  return name.endsWith('Ms') ? durationWords(value) : String(value);
}
