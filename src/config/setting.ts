import type { SettingKind } from './setting-kinds.js';

/** One key of a sweep file, with everything that the schema, the flags, the library and the documents need. */
export type Setting = {
  /** Dotted below the top level: `logging.local.csv`. */
  readonly key: string;
  /** Earlier names of the key, which still work with a notice. */
  readonly aliases: readonly string[];
  readonly kind: SettingKind;
  /**
   * In the form of a sweep file, and of a value that `kind` accepts (`text` accepts no empty one). Null: none, so the
   * consumer gets null where nothing is given.
   */
  readonly default: unknown;
  /** The default in words, for the documents. */
  readonly shownDefault: string;
  /** One or two sentences without a full stop at the end. */
  readonly help: string;
  /** Page and heading with details; null: none. */
  readonly see: string | null;
  /** `--NAME ARGUMENT` of `hpo optimize`, and its earlier names; null: only the sweep file sets it. */
  readonly flag: {
    readonly name: string;
    readonly argument: string;
    readonly aliases: readonly string[];
  } | null;
  /**
   * Its name in RunSettings, with the unit (`timeoutMs`), where its consumer reads it. Null: it belongs to the study, not
   * to a call.
   */
  readonly property: string | null;
  /** Its name among the options of `study.optimize` in the library, and its default there; null: not an option. */
  readonly library: { readonly name: string; readonly shownDefault: string } | null;
  /** Whether `hpo set` may change it while a sweep runs. */
  readonly live: boolean;
};

/** The common values of most settings. */
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
/** A mapping or a list, which only the sweep file sets. */
export const STRUCTURED = { ...BASE, kind: { type: 'structured' } } as const;
/** A flag without earlier names. */
export const flag = <N extends string, A extends string>(name: N, argument: A) =>
  ({ name, argument, aliases: [] }) as const;
