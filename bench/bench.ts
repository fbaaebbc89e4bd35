/** What a bench hands back: tables for people, figures for programs. */
export type Report = {
  readonly title: string;
  /** What the whole is about, in a paragraph. */
  readonly intro: string;
  readonly sections: readonly Section[];
  /** Every number behind the tables, units in the names. */
  readonly figures: unknown;
};

export type Section = {
  readonly title: string;
  /** How the figures came about and what they include. */
  readonly text: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export type BenchOptions = {
  /** A small version, to see that it works: its figures mean little. */
  readonly quick: boolean;
  /** Tells a person what is going on. */
  readonly say: (line: string) => void;
  /** Those of the entry's flags that were given. */
  readonly flags: ReadonlySet<string>;
};

/** Null: what it measures is not to be had on this machine, and nothing is written. */
export type Bench = (options: BenchOptions) => Promise<Report | null>;

export type BenchEntry = {
  readonly name: string;
  readonly summary: string;
  /** Flags of its own, such as `--cpu`. */
  readonly flags?: readonly string[];
  readonly load: () => Promise<Bench>;
};

/** To add a bench: a folder with a function, and an entry here. */
export const benches: readonly BenchEntry[] = [
  {
    name: 'orchestrator',
    summary: "what hpo adds to the trainers' own time, and the memory of a long sweep (about 6 minutes)",
    load: async () => (await import('./orchestrator/bench.js')).benchOrchestrator,
  },
  {
    name: 'packing',
    summary:
      'what it is worth that trials share a GPU, where there is one; with --cpu the same of the CPU (about 5 minutes)',
    flags: ['--cpu'],
    load: async () => (await import('./packing/bench.js')).benchPacking,
  },
  {
    name: 'pareto',
    summary: 'the area that fronts of two objectives dominate, with tpe, nsga2 and random (a minute)',
    load: async () => (await import('./pareto/bench.js')).benchPareto,
  },
  {
    name: 'prune',
    summary:
      'epochs spent and final regret with each pruner against none, on real and synthetic learning curves',
    load: async () => (await import('./prune/bench.js')).benchPrune,
  },
  {
    name: 'results',
    summary: 'how quickly the results of 100,000 trials are shown and brought up to date (half a minute)',
    load: async () => (await import('./results/bench.js')).benchResults,
  },
  {
    name: 'search',
    summary: "what each sampler finds within 25, 50 and 100 trials, beside Optuna's TPE (about a minute)",
    load: async () => (await import('./search/bench.js')).benchSearch,
  },
  {
    name: 'speed',
    summary:
      'the time through ask and tell, with tpe in memory and random on durable SQLite (about 2 minutes)',
    load: async () => (await import('./speed/bench.js')).benchSpeed,
  },
  {
    name: 'startup',
    summary: "what `hpo --help` and `import 'hpo'` take, beside Node's own start (a minute)",
    load: async () => (await import('./startup/bench.js')).benchStartup,
  },
  {
    name: 'terminate',
    summary:
      'trials spent and regret where the improvement terminator stops a search, against 150 trials (about half an hour)',
    load: async () => (await import('./terminate/bench.js')).benchTerminate,
  },
  {
    name: 'trainer',
    summary: "the built-in trainer's images a second on every backend, beside PyTorch's (about 6 minutes)",
    load: async () => (await import('./trainer/bench.js')).benchTrainer,
  },
  {
    name: 'tune',
    summary:
      "what each constant of tpe is worth on 32 families of problems, and tpe beside Optuna's (4 minutes)",
    load: async () => (await import('./tune/bench.js')).benchTune,
  },
];
