import { parseSettingText } from '../config/setting-kinds.js';
import { SETTINGS } from '../config/settings.js';
import { usageError } from '../core/errors.js';
import type { LimitName, LimitValue } from '../core/study-control.js';
import type { TrialBudget } from '../core/trial-budget.js';

type LiveSetting = Extract<(typeof SETTINGS)[number], { readonly live: true }>;

/** The settings that a running sweep obeys, from the one table of settings. */
const LIVE: readonly LiveSetting[] = SETTINGS.filter((setting): setting is LiveSetting => setting.live);

/** Their keys, as a sweep file has them. */
export const LIVE_KEYS: readonly string[] = LIVE.map(({ key }) => key);

/** A limit to set: `trials` may count on from the trials that the study has. */
export type LimitChange = { readonly name: LimitName; readonly value: LimitValue | TrialBudget };

/**
 * Reads settings such as `{ trials: '200', timeout: 'none' }`, each with the values that its flag of `hpo optimize` takes.
 * `none` removes a limit.
 * @throws HpoError set.nothing, set.unknown or set.bad-value (usage).
 */
export function parseLimits(settings: Readonly<Record<string, unknown>>): LimitChange[] {
  const entries = Object.entries(settings);
  if (entries.length === 0)
    throw usageError('set.nothing', 'expected at least one key=value', {
      fix: `use one of ${LIVE_KEYS.join(', ')}`,
    });
  return entries.map(([key, given]) => parseLimit(key, given));
}

function parseLimit(key: string, given: unknown): LimitChange {
  const setting = LIVE.find((each) => each.key === key.replaceAll('-', '_'));
  if (!setting)
    throw usageError('set.unknown', `expected a setting of a running sweep, got ${JSON.stringify(key)}`, {
      fix: `use one of ${LIVE_KEYS.join(', ')}; other settings take effect with the next hpo optimize`,
    });
  const name = setting.property;
  if (given === null || given === 'none') return { name, value: null };
  const parsed = parseSettingText(setting.kind, String(given));
  if ('value' in parsed) return { name, value: parsed.value as LimitValue | TrialBudget };
  throw usageError(
    'set.bad-value',
    `${setting.key}: ${parsed.expected} or none, got ${JSON.stringify(given)}`,
  );
}
