/** How many trials a call leads to: a total of the study, or with `more` this many beyond those that it has (`+20`). */
export type TrialBudget = { readonly count: number; readonly more: boolean };
