import type { Problem } from '../search/problems.js';

/** A kind of problem; a seed makes one instance of it. */
export type Family = { readonly name: string; readonly make: (seed: number) => Problem };
