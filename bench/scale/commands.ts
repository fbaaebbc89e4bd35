/** What a command may take; null: nothing is promised. */
export type Aim = { readonly seconds: number; readonly mb: number } | null;

export type Command = {
  readonly what: string;
  readonly args: readonly string[];
  readonly aim: Aim;
  /** Measured when its first trial starts, and not at its end. */
  readonly toFirstTrial?: true;
};

const SHOW: Aim = { seconds: 1, mb: 200 };
const RUN: Aim = { seconds: 3, mb: 400 };
const LOOK: Aim = { seconds: 3, mb: 400 };

/** Commands on a study of hpo, in this order: each finds what the ones before have left. */
export const HPO_COMMANDS: readonly Command[] = [
  { what: 'best, seen for the first time', args: ['best'], aim: null },
  { what: 'best, seen before', args: ['best'], aim: SHOW },
  { what: 'trials | head', args: ['trials'], aim: SHOW },
  { what: 'ask with tpe', args: ['ask'], aim: RUN },
  {
    what: 'optimize with tpe, to its first trial',
    args: ['optimize', '--trials', '+1'],
    aim: RUN,
    toFirstTrial: true,
  },
  {
    what: 'the next optimize with tpe, to its first trial',
    args: ['optimize', '--trials', '+1'],
    aim: RUN,
    toFirstTrial: true,
  },
  { what: 'the one after it, one trial to its end', args: ['optimize', '--trials', '+1'], aim: null },
  { what: 'trials --top 10', args: ['trials', '--top', '10'], aim: LOOK },
  { what: 'trials --sort lr | head', args: ['trials', '--sort', 'lr'], aim: LOOK },
  {
    what: "trials --where 'lr < 1e-4 and units > 512' | head",
    args: ['trials', '--where', 'lr < 1e-4 and units > 512'],
    aim: LOOK,
  },
  { what: 'show 500', args: ['show', '500'], aim: LOOK },
  { what: 'compare 3 7', args: ['compare', '3', '7'], aim: LOOK },
  ...['history', 'curves', 'slice', 'parallel'].map((kind) => ({
    what: `plot ${kind}`,
    args: ['plot', kind],
    aim: LOOK,
  })),
  { what: 'importance', args: ['importance'], aim: null },
  { what: 'summary, with importance', args: ['summary'], aim: null },
  { what: 'export-csv', args: ['export-csv', '--out', 'export.csv'], aim: null },
  { what: 'export-csv --steps', args: ['export-csv', '--steps', '--out', 'steps.csv'], aim: null },
];

/** Commands of the whole database. */
export const DATABASE_COMMANDS: readonly Command[] = [
  { what: 'study show', args: ['study', 'show', 'large'], aim: LOOK },
  { what: 'study list', args: ['study', 'list'], aim: LOOK },
];

/** Commands on a study of Optuna. */
export const OPTUNA_COMMANDS: readonly Command[] = [
  { what: 'best, seen for the first time', args: ['best'], aim: null },
  { what: 'best, seen before', args: ['best'], aim: null },
  { what: 'trials | head', args: ['trials'], aim: null },
];
