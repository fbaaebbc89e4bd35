import { SETTINGS } from '../../config/settings.js';
import { plainText } from '../../config/settings-text.js';

/** The address of the list of keys. */
export const SWEEP_KEYS = 'hpo://reference/sweep';

/** Returns the keys of a sweep file, one on each line with its meaning and its default. */
export function sweepKeys(): string {
  return SETTINGS.map((setting) => `${setting.key}: ${plainText(setting)}\n`).join('');
}
