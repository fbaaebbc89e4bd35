/** The name of the objective of a study that gives only a `direction`. */
export type Unnamed = 'objective';

/** Whether a union of names has two or more. */
type IsSeveral<M extends string, All extends string = M> = string extends M
  ? false
  : M extends M
    ? [All] extends [M]
      ? false
      : true
    : never;

/** A number for each objective, by its name. */
export type ValuesOf<M extends string> = Readonly<Record<Unnamed extends M ? string : M, number>>;

/** A list with one number for each name. */
export type ListOf<M extends string, All extends string = M> = string extends M
  ? readonly number[]
  : [M] extends [never]
    ? readonly []
    : M extends M
      ? readonly [number, ...ListOf<Exclude<All, M>>]
      : never;

/** What completes a trial: a number for each objective by its name, or with one objective just the number. */
export type Completion<M extends string> = string extends M
  ? number | Readonly<Record<string, number>>
  : IsSeveral<M> extends true
    ? { readonly [K in M]: number }
    : number | { readonly [K in M]: number };

/** What an objective function returns. Where the study names its objectives, other metrics may be beside them. */
export type ResultOf<M extends string> = string extends M
  ? number | readonly number[] | Readonly<Record<string, number>>
  : [M] extends [Unnamed]
    ? number | readonly [number] | Readonly<Record<string, number>>
    : Completion<M> | ListOf<M>;

/** `Yes` with one objective, `No` with several. */
export type IfOne<M extends string, Yes, No> = IsSeveral<M> extends true ? No : Yes;
