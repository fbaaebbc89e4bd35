import type { Setting } from './setting.js';
import { LOGGING_SETTINGS } from './settings-of-logging.js';
import { RUN_SETTINGS } from './settings-of-run.js';
import { SEARCH_SETTINGS } from './settings-of-search.js';

export type { Setting } from './setting.js';

/**
 * Every key of a sweep file. This table drives the schema, the flags of `hpo optimize`, the options of the library, `hpo set`
 * and docs/configuration.md. A new setting is one entry here and the code that uses its value.
 */
export const SETTINGS = [
  ...SEARCH_SETTINGS,
  ...RUN_SETTINGS,
  ...LOGGING_SETTINGS,
] as const satisfies readonly Setting[];

/** Earlier names of top-level keys, with their current names. */
export const ALIASES: ReadonlyMap<string, string> = new Map(
  SETTINGS.flatMap(({ key, aliases }) => aliases.map((alias) => [alias, key] as const)),
);
