import type { Params } from '../../core/distribution.js';
import type { Attrs } from '../../core/trial.js';
import type { ConfigRecord, FilledConfig } from '../../storage/storage.js';

// In a define-by-run study the objective names its parameters as it runs. Each configuration is then a point of the
// space as far as it is known. Its attributes keep that point, and its trials take the values that they ask for.

const PROPOSED = 'proposed';
const FIXED = 'fixed';

/** Returns the point that a configuration's trials take their values from; null when they get all of its parameters. */
export function proposedFor({ attrs }: Pick<ConfigRecord, 'attrs'>): Params | null {
  return (attrs[PROPOSED] as Params | undefined) ?? null;
}

/** Returns the names of the values that were enqueued. */
export function fixedFor({ attrs }: Pick<ConfigRecord, 'attrs'>): readonly string[] {
  return (attrs[FIXED] as readonly string[] | undefined) ?? [];
}

/** What `toSuggest` makes a configuration from. `key`: unique in the study. `fixed`: names of enqueued values. */
type Point = {
  readonly key: string;
  readonly proposed: Params;
  readonly fixed?: readonly string[];
  readonly attrs?: Attrs;
};

/** Returns a configuration without parameters of its own, to store. */
export function toSuggest({ key, proposed, fixed = [], attrs = {} }: Point): FilledConfig {
  return {
    params: {},
    forced: {},
    key: `#${key}`,
    distributions: {},
    attrs: { ...attrs, [PROPOSED]: proposed, ...(fixed.length > 0 && { [FIXED]: fixed }) },
  };
}
