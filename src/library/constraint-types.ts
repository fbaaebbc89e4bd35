import type { CategoricalDistribution, Distribution, Params } from '../core/distribution.js';
import type { SearchSpace, TestOf, ValueOf } from './space-types.js';

type NameOf<S extends SearchSpace> = keyof S & string;
type NumericNameOf<S extends SearchSpace> = {
  [K in NameOf<S>]: ValueOf<S[K]> extends number ? K : string extends K ? K : never;
}[NameOf<S>];

/** The value of another parameter. */
type Other<N extends string> = { readonly param: N };
type Bound<N extends string> = number | Other<N>;
type OtherTest<S extends SearchSpace, D extends Distribution> =
  | Other<NameOf<S>>
  | (D extends CategoricalDistribution
      ? { readonly not: Other<NameOf<S>> }
      : {
          readonly lt?: Bound<NumericNameOf<S>>;
          readonly le?: Bound<NumericNameOf<S>>;
          readonly gt?: Bound<NumericNameOf<S>>;
          readonly ge?: Bound<NumericNameOf<S>>;
          readonly not?: number | readonly number[] | Other<NameOf<S>>;
        });

type Limits =
  | { readonly max: number; readonly min?: number }
  | { readonly min: number; readonly max?: number };

/**
 * A rule of a space, as in a sweep file. `forbid`: configurations for which all parts hold are never run; a bound may be
 * `{ param: NAME }`. `when` and `set`: where the condition holds, the parameters have these values. `sum` and `product`: their
 * total has a limit. Text: a limit of a metric, such as `'memory_mb <= 8000'`.
 */
export type SpaceConstraint<S extends SearchSpace = SearchSpace> =
  | { readonly forbid: { readonly [K in keyof S]?: TestOf<S[K]> | OtherTest<S, S[K]> } }
  | { readonly when: { readonly [K in keyof S]?: TestOf<S[K]> }; readonly set: Params }
  | ({ readonly sum: readonly NumericNameOf<S>[] } & Limits)
  | ({ readonly product: readonly NumericNameOf<S>[] } & Limits)
  | `${string}<=${string}`
  | `${string}>=${string}`;
