/** The result of a bench: tables for people, figures for programs. */
export type Report = {
  readonly title: string;
  /** Summary of the whole, in one paragraph. */
  readonly intro: string;
  readonly sections: readonly Section[];
  /** Every number behind the tables, units in the names. */
  readonly figures: unknown;
};

export type Section = {
  readonly title: string;
  /** How the figures were measured and what they include. */
  readonly text: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export type BenchOptions = {
  /** A small version that only checks that the bench works: its figures mean little. */
  readonly quick: boolean;
  /** Prints progress for people. */
  readonly say: (line: string) => void;
  /** The given flags, of those that the entry allows. */
  readonly flags: ReadonlySet<string>;
  /** The given flags that have a value, with it. */
  readonly values: ReadonlyMap<string, string>;
};

/** Null: this machine lacks what it measures, and nothing is written. */
export type Bench = (options: BenchOptions) => Promise<Report | null>;

export type BenchEntry = {
  readonly name: string;
  readonly summary: string;
  /** Its own flags, such as `--cpu`. */
  readonly flags?: readonly string[];
  /** Its own flags with a value, such as `--seeds 5`. A run with one is written into .bench. */
  readonly values?: readonly string[];
  readonly load: () => Promise<Bench>;
};

/** To add a bench: a folder with a function, and an entry here. */
export const benches: readonly BenchEntry[] = [
  {
    name: 'batches',
    summary: 'what 96 trials in batches of 16 find, beside 32 one by one (about 20 minutes)',
    load: async () => (await import('./batches/bench.js')).benchBatches,
  },
  {
    name: 'budgets',
    summary:
      'the best full training against epochs spent, beside other optimizers; with --kept, only their results that were kept; --table FILE, --seeds N (hours the first time)',
    flags: ['--kept'],
    values: ['--table', '--seeds'],
    load: async () => (await import('./budgets/bench.js')).benchBudgets,
  },
  {
    name: 'compare',
    summary: 'this checkout beside the built one that HPO_BENCH_BEFORE names (about 4 minutes)',
    load: async () => (await import('./compare/bench.js')).benchCompare,
  },
  {
    name: 'curves',
    summary:
      'forecasts of what unfinished trials come to, beside their last values, and their time (a minute)',
    load: async () => (await import('./curves/bench.js')).benchCurves,
  },
  {
    name: 'dashboard',
    summary: 'the page of 100,000 trials in Chromium, beside optuna-dashboard (about 10 minutes)',
    load: async () => (await import('./dashboard/bench.js')).benchDashboard,
  },
  {
    name: 'event-loop',
    summary:
      'how long a search keeps a server in the same process waiting, with its models in place and in a thread (3 minutes)',
    load: async () => (await import('./event-loop/bench.js')).benchEventLoop,
  },
  {
    name: 'optuna-sampler',
    summary:
      'time and best value of 100 trials of Optuna with HpoSampler, TPESampler and GPSampler (half an hour the first time)',
    load: async () => (await import('./optuna-sampler/bench.js')).benchOptunaSampler,
  },
  {
    name: 'orchestrator',
    summary:
      'the time that hpo adds to that of the trainers, and the memory of a long sweep (about 6 minutes)',
    load: async () => (await import('./orchestrator/bench.js')).benchOrchestrator,
  },
  {
    name: 'packing',
    summary:
      'speedup of trials that share a GPU, where there is one; with --cpu, of trials that share the CPU (about 5 minutes)',
    flags: ['--cpu'],
    load: async () => (await import('./packing/bench.js')).benchPacking,
  },
  {
    name: 'pareto',
    summary:
      "the volume that Pareto fronts dominate, beside Optuna's samplers (half an hour the first time, then a minute)",
    load: async () => (await import('./pareto/bench.js')).benchPareto,
  },
  {
    name: 'postgres',
    summary:
      "ask and tell of one process and of 16 on a PostgreSQL server, beside Optuna's workers (3 minutes)",
    load: async () => (await import('./postgres/bench.js')).benchPostgres,
  },
  {
    name: 'priors',
    summary:
      'what good, vague and wrong priors gain and cost with auto, tpe and random (half an hour the first time)',
    load: async () => (await import('./priors/bench.js')).benchPriors,
  },
  {
    name: 'prune',
    summary:
      'epochs spent and final regret with each pruner compared with none, on real and synthetic learning curves',
    load: async () => (await import('./prune/bench.js')).benchPrune,
  },
  {
    name: 'results',
    summary: 'the time to show and to update the results of 100,000 trials (half a minute)',
    load: async () => (await import('./results/bench.js')).benchResults,
  },
  {
    name: 'ray',
    summary: 'trials as jobs of Ray, beside plain REST and Ray Tune on the same cluster (about 5 minutes)',
    load: async () => (await import('./ray/bench.js')).benchRay,
  },
  {
    name: 'scale',
    summary: 'commands, sweeps and further trials on a study of 100,000 trials: time and memory (3 minutes)',
    load: async () => (await import('./scale/bench.js')).benchScale,
  },
  {
    name: 'search',
    summary:
      'the best value of each sampler after 25, 50 and 100 trials, beside HEBO, SMAC, Ax, Optuna and Rustuna (days the first time); with --kept, beside their results that were kept (about ten minutes)',
    flags: ['--kept'],
    load: async () => (await import('./search/bench.js')).benchSearch,
  },
  {
    name: 'slurm',
    summary:
      'the first METRIC and 200 short trials beside plain sbatch, and a trial beyond a time limit, on a real cluster on this machine (about 8 minutes)',
    load: async () => (await import('./slurm/bench.js')).benchSlurm,
  },
  {
    name: 'speed',
    summary:
      'the time of ask and tell, with tpe in memory and random on durable SQLite (about 3 minutes); --part plain, rustuna, gp or cmaes measures that part alone',
    values: ['--part'],
    load: async () => (await import('./speed/bench.js')).benchSpeed,
  },
  {
    name: 'startup',
    summary: "start-up time of `hpo --help` and `import 'hpo'`, beside Node's own (a minute)",
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
    name: 'tables',
    summary: "tpe beside Optuna's TPE on tables of configurations, choices and branches",
    load: async () => (await import('./tables/bench.js')).benchTables,
  },
  {
    name: 'transfer',
    summary:
      'what earlier studies gain and cost with auto and tpe, related and unrelated ones (half an hour the first time)',
    load: async () => (await import('./transfer/bench.js')).benchTransfer,
  },
  {
    name: 'tune',
    summary:
      "the effect of each constant of tpe on 32 families of problems, and tpe beside Optuna's (4 minutes)",
    load: async () => (await import('./tune/bench.js')).benchTune,
  },
];
