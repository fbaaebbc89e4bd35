import type { CheckpointPolicy } from '../core/checkpoints.js';
import type { ComponentSpec } from '../core/component-options.js';
import type { RetryDelay } from '../core/retry-delay.js';
import type { MlflowSettings } from './mlflow.js';
import type { CommandSettings, WebhookSettings } from './notify.js';
import type { ValueOfKind } from './setting-kinds.js';
import type { SETTINGS } from './settings.js';
import type { WandbSettings } from './wandb.js';

type Entry = (typeof SETTINGS)[number];
type CallEntry = Extract<Entry, { readonly property: string }>;
type ValueOf<E extends Entry> = ValueOfKind<E['kind']> | (E['default'] extends null ? null : never);

/** The values of all settings of a call, by their `property` in the table. */
export type CallSettings = { readonly [E in CallEntry as E['property']]: ValueOf<E> };

/** The settings of a call, not of the study. */
export type RunSettings = Omit<CallSettings, 'checkpoints'> & {
  /** Waits before retries. */
  readonly retryDelay: RetryDelay;
  /** Null: what the study's scheduler and trainer need (`policyFor`). */
  readonly checkpoints: CheckpointPolicy | null;
  /** Where attempts run. */
  readonly executor: ComponentSpec;
  /** The study from which a new study takes its first configurations; null: none. */
  readonly warmStart: WarmStart | null;
  /** Null: the file has no section for W&B. */
  readonly wandb: WandbSettings | null;
  /** Null: the file has no section for MLflow. */
  readonly mlflow: MlflowSettings | null;
  /** Null: the file has no section for a webhook. */
  readonly webhook: WebhookSettings | null;
  /** Null: the file has no section for a command. */
  readonly command: CommandSettings | null;
};

/** `storage` null: that of the new study itself. */
export type WarmStart = { readonly study: string; readonly storage: string | null; readonly top: number };

type CamelCase<S extends string> = S extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : S;
type FlagEntry = Extract<Entry, { readonly flag: { readonly name: string } }>;

/** The values of flags, by commander's names (`trialTimeout`); an absent one was not given. */
export type SettingFlags = {
  readonly [E in FlagEntry as CamelCase<E['flag']['name']>]?: ValueOfKind<E['kind']>;
};
