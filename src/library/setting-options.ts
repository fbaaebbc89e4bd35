// Written by `npm run generate` from the table of settings: change src/config/settings.ts instead.
import type { Retries } from './retries.js';

/** Settings of a call, as sweep files have them under other names. */
export type SettingOptions = {
  /** Total of trials of the study, earlier ones counted; `'+20'`: 20 more. Default: all that the sampler has, or 100 if it never ends. */
  readonly trials?: number | `+${number}`;
  /** Start no trial after this long, counted for each call; running trials finish: seconds, or text such as `90s`, `45m`, `2h`. Default: no limit. */
  readonly timeout?: number | string;
  /** Stop when a configuration with all its repeats is at least as good; running trials finish. Default: none. */
  readonly target?: number;
  /** A trial that runs longer is stopped and fails: seconds, or text such as `90s`, `45m`, `2h`. Default: no limit. */
  readonly trialTimeout?: number | string;
  /** How often a failed trial is tried again, with the same number and seed; with waits in milliseconds `{ times, delayMs, factor, maxDelayMs }`. Default: 0. */
  readonly retries?: number | Retries;
  /** Start no trial after this many of a call have failed; running trials finish. Default: no limit. */
  readonly maxFailures?: number;
  /** Start no trial after this many in a row have failed; running trials finish. Default: no limit. */
  readonly maxConsecutiveFailures?: number;
  /** Most trials that run at once. Default: 1. */
  readonly concurrency?: number;
};

export const SETTING_OPTIONS: readonly string[] = [
  'trials',
  'timeout',
  'target',
  'trialTimeout',
  'retries',
  'maxFailures',
  'maxConsecutiveFailures',
  'concurrency',
];
