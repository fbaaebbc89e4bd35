// Written by `npm run generate` from the table of settings: change src/config/settings.ts instead.
import type { Duration } from './duration.js';
import type { Retries } from './retries.js';

/** Settings of a call, as sweep files have them under other names. */
export type SettingOptions = {
  /** Total of trials of the study, earlier ones counted; `'+20'`: 20 more. Default: all that the sampler has, or 100 if it never ends. */
  readonly trials?: number | `+${number}`;
  /** Total of configurations of the study, in the place of `trials`; each has its repeats. Default: as many as the trials allow. */
  readonly configurations?: number;
  /** Start no trial after this long, counted for each call; running trials finish: milliseconds, or text such as `30s`, `45m`, `2h`. Default: no limit. */
  readonly timeout?: Duration;
  /** Stop when a configuration with all its repeats is at least as good; running trials finish. Default: none. */
  readonly target?: number;
  /** Ask for no new configuration after this many complete trials without an improvement, earlier calls counted; running trials finish. Default: no limit. */
  readonly patience?: number;
  /** A trial that runs longer is stopped and fails: milliseconds, or text such as `30s`, `45m`, `2h`. Default: no limit. */
  readonly trialTimeout?: Duration;
  /** How often a failed trial is tried again, with the same number and seed; with waits `{ times, delay, factor, maxDelay }`. Default: 0. */
  readonly retries?: number | Retries;
  /** Start no trial after this many of a call have failed; running trials finish. Default: no limit. */
  readonly maxFailures?: number;
  /** Start no trial after this many configurations in a row have failed; running trials finish. Default: no limit. */
  readonly maxConsecutiveFailures?: number;
  /** Most trials that run at once. Default: 1. */
  readonly concurrency?: number;
};

export const SETTING_OPTIONS: readonly string[] = [
  'trials',
  'configurations',
  'timeout',
  'target',
  'patience',
  'trialTimeout',
  'retries',
  'maxFailures',
  'maxConsecutiveFailures',
  'concurrency',
];
