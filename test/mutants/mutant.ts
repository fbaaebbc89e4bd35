/** One place in the sources, found by what it says and not by where it stands. */
export type Edit = {
  /** Path from the root of the project. */
  readonly file: string;
  /** The declaration that encloses the code: `openStorage`, `MIGRATIONS`, `Leases.take`, `Leases.#write`. */
  readonly symbol: string;
  /** Code that occurs exactly once inside the symbol. White space and trailing commas do not count. */
  readonly expression: string;
  /** The code that stands there in the mutant. */
  readonly replacement: string;
};

/** A change of src/ that takes one protection out, and the test that must fail with it. */
export type Mutant = Edit & {
  /** What the code promises, in one sentence. */
  readonly protection: string;
  readonly test: {
    /** Path from the root of the project. */
    readonly file: string;
    /** Part of the test's full name. */
    readonly name: string;
  };
  /** The test runs dist/, which the runner then builds from the changed sources. */
  readonly builds?: true;
  /** Further edits, where one alone changes nothing. */
  readonly also?: readonly Edit[];
};

/** The mutants of one module, by name. */
export type MutantTable = Readonly<Record<string, Mutant>>;
