import type { JsonValue } from './trial.js';
import { durationWords } from './units.js';

/** Limits that a running sweep obeys. Absent: unchanged. Null: no limit. */
export type ChangedLimits = {
  /** Total of trials of the study. */
  readonly trials?: number | null;
  readonly maxConcurrent?: number | null;
  /** Counted from the start of each `hpo optimize` call. */
  readonly timeoutMs?: number | null;
  readonly trialTimeoutMs?: number | null;
  readonly noProgressTimeoutMs?: number | null;
};
export type LimitName = keyof ChangedLimits;

/** What every orchestrator of a study must obey. It is stored with the study. */
export type StudyControl = {
  /** Unix time of the pause in milliseconds; null: the study is not paused. */
  readonly pausedAtMs: number | null;
  /** What `hpo set` changed since the last call of `hpo optimize`. */
  readonly limits: ChangedLimits;
};

export const NO_CONTROL: StudyControl = { pausedAtMs: null, limits: {} };

/** Each limit by its key in a sweep file. */
export const LIMIT_KEYS: Readonly<Record<LimitName, string>> = {
  trials: 'trials',
  maxConcurrent: 'max_concurrent',
  timeoutMs: 'timeout',
  trialTimeoutMs: 'trial_timeout',
  noProgressTimeoutMs: 'no_progress_timeout',
};
const LIMITS = Object.keys(LIMIT_KEYS) as LimitName[];

/** The user attribute with the limits with which the newest call of `hpo optimize` began. */
export const LIMITS_ATTRIBUTE = 'hpo:limits';

/** Reads stored limits. Whatever it cannot read counts as unknown. */
export function parseLimits(stored: JsonValue | undefined): ChangedLimits {
  const given = isRecord(stored) ? stored : {};
  const valid = LIMITS.filter((name) => Object.hasOwn(given, name) && isLimit(given[name]));
  return Object.fromEntries(valid.map((name) => [name, given[name]])) as ChangedLimits;
}

/** Reads a stored control. Whatever it cannot read counts as not set, so that no stored text can stop a sweep. */
export function parseControl(stored: JsonValue): StudyControl {
  if (!isRecord(stored)) return NO_CONTROL;
  const { pausedAtMs, limits } = stored;
  return { pausedAtMs: typeof pausedAtMs === 'number' ? pausedAtMs : null, limits: parseLimits(limits) };
}

function isLimit(value: JsonValue | undefined): boolean {
  return value === null || (typeof value === 'number' && value >= 0 && Number.isFinite(value));
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

/** Returns a limit as `hpo set` takes it: `2h`, `none`. */
export function limitText(name: LimitName, value: number | null): string {
  if (value === null) return 'none';
  return name.endsWith('Ms') ? durationWords(value) : String(value);
}
