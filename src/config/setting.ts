import type { SettingKind } from './setting-kinds.js';

/** One key of a sweep file, with everything that the schema, the flags, the library and the documents need. */
export type Setting = {
  /** Dotted below the top level: `logging.local.csv`. */
  readonly key: string;
  /** Earlier names of the key, which still work with a note. */
  readonly aliases: readonly string[];
  readonly kind: SettingKind;
  /** In the form of a sweep file; null: none. */
  readonly default: unknown;
  /** The default in words, for the documents. */
  readonly shownDefault: string;
  /** One or two sentences without a full stop at the end. */
  readonly help: string;
  /** Page and heading that say more; null: none. */
  readonly see: string | null;
  /** `--NAME ARGUMENT` of `hpo optimize`, and its earlier names; null: the sweep file alone sets it. */
  readonly flag: {
    readonly name: string;
    readonly argument: string;
    readonly aliases: readonly string[];
  } | null;
  /** Its name in RunSettings, with the unit; null: it belongs to the study and not to a call. */
  readonly property: string | null;
  /** Its name among the options of `study.optimize` in the library, and its default there; null: it has none there. */
  readonly library: { readonly name: string; readonly shownDefault: string } | null;
  /** Whether `hpo set` may change it while a sweep runs. */
  readonly live: boolean;
};

/** What most settings have in common. */
export const BASE = {
  aliases: [],
  default: null,
  shownDefault: 'none',
  see: null,
  flag: null,
  property: null,
  library: null,
  live: false,
} as const;
/** A mapping or a list, which the sweep file alone sets. */
export const STRUCTURED = { ...BASE, kind: { type: 'structured' } } as const;
/** A flag without earlier names. */
export const flag = <N extends string, A extends string>(name: N, argument: A) =>
  ({ name, argument, aliases: [] }) as const;
