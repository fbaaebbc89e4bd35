import type { CheckpointPolicy } from '../core/checkpoints.js';
import type { ComponentSpec } from '../core/component-options.js';
import type { RetryDelay } from '../core/retry-delay.js';
import type { ValueOfKind } from './setting-kinds.js';
import type { SETTINGS } from './settings.js';
import type { WandbSettings } from './wandb.js';

type Entry = (typeof SETTINGS)[number];
type CallEntry = Extract<Entry, { readonly property: string }>;
type ValueOf<E extends Entry> = ValueOfKind<E['kind']> | (E['default'] extends null ? null : never);

/** The values of all settings that belong to a call, under the names that the table gives them. */
export type CallSettings = { readonly [E in CallEntry as E['property']]: ValueOf<E> };

/** What belongs to a call rather than to the study. */
export type RunSettings = Omit<CallSettings, 'checkpoints'> & {
  /** Waits before retries. */
  readonly retryDelay: RetryDelay;
  readonly checkpoints: CheckpointPolicy;
  /** Where attempts run. */
  readonly executor: ComponentSpec;
  /** Where a new study gets its first configurations from; null: nowhere. */
  readonly warmStart: WarmStart | null;
  /** Null: the file has no section for W&B. */
  readonly wandb: WandbSettings | null;
};

/** `storage` null: that of the new study itself. */
export type WarmStart = { readonly study: string; readonly storage: string | null; readonly top: number };

type CamelCase<S extends string> = S extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : S;
type FlagEntry = Extract<Entry, { readonly flag: { readonly name: string } }>;

/** What flags set, by the names that commander gives them (`trialTimeout`); what is absent was not given. */
export type SettingFlags = {
  readonly [E in FlagEntry as CamelCase<E['flag']['name']>]?: ValueOfKind<E['kind']>;
};
