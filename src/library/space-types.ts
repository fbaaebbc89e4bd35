import type { Comparison, Condition } from '../core/constraint.js';
import type { CategoricalDistribution, Distribution, Params } from '../core/distribution.js';
import type { Conditional } from './distributions.js';

/** Parameter name -> distribution. `float`, `int` and `categorical` make distributions. */
export type SearchSpace = Readonly<Record<string, Distribution>>;

export type ValueOf<D extends Distribution> = D extends CategoricalDistribution<infer T> ? T : number;

type ConditionalNames<S extends SearchSpace> = {
  [K in keyof S]: S[K] extends Conditional ? K : never;
}[keyof S];

/** The parameters of a declared space: numbers, and unions of the choices. One with a condition may be missing. */
export type ParamsOf<S extends SearchSpace> = string extends keyof S
  ? Params
  : [ConditionalNames<S>] extends [never]
    ? { readonly [K in keyof S]: ValueOf<S[K]> }
    : // Written out, so that editors show one object.
      { readonly [K in Exclude<keyof S, ConditionalNames<S>>]: ValueOf<S[K]> } & {
          readonly [K in ConditionalNames<S>]?: ValueOf<S[K]>;
        } extends infer P extends object
      ? { readonly [K in keyof P]: P[K] }
      : never;

/** A comparison with at least one part. */
type NumberTest = Comparison &
  (
    | { readonly lt: number }
    | { readonly le: number }
    | { readonly gt: number }
    | { readonly ge: number }
    | { readonly not: number | readonly number[] }
  );

/** What a condition may say of a parameter. */
export type TestOf<D extends Distribution> =
  | ValueOf<D>
  | readonly ValueOf<D>[]
  | (D extends CategoricalDistribution<infer T> ? { readonly not: T | readonly T[] } : NumberTest);

type CheckedCondition<S extends SearchSpace, C extends Condition> = {
  readonly [N in keyof C]: N extends keyof S ? TestOf<S[N]> : `no parameter is called ${N & string}`;
};

/** The space, where conditions name parameters and choices that it has. */
export type CheckedSpace<S extends SearchSpace> = {
  readonly [K in keyof S]: S[K] extends Conditional<Distribution, infer C>
    ? { readonly condition: CheckedCondition<S, C> }
    : unknown;
};
