import { INPUT } from './input.js';
import { LEASES } from './leases.js';
import { LIVENESS } from './liveness.js';
import { LOGGERS } from './loggers.js';
import type { Mutant, MutantTable } from './mutant.js';
import { PROCESSES } from './processes.js';
import { PRUNERS } from './pruners.js';
import { SCHEDULERS } from './schedulers.js';
import { STORAGE } from './storage.js';
import { STUDY } from './study.js';
import { THREADS } from './threads.js';
import { TRAINER } from './trainer.js';

/** The tables, each under the name of its file. */
export const TABLES: Readonly<Record<string, MutantTable>> = {
  storage: STORAGE,
  study: STUDY,
  liveness: LIVENESS,
  processes: PROCESSES,
  leases: LEASES,
  loggers: LOGGERS,
  input: INPUT,
  trainer: TRAINER,
  pruners: PRUNERS,
  threads: THREADS,
  schedulers: SCHEDULERS,
};

export type NamedMutant = Mutant & { readonly name: string; readonly module: string };

/** All mutants, in the order of the tables. */
export const MUTANTS: readonly NamedMutant[] = Object.entries(TABLES).flatMap(([module, table]) =>
  Object.entries(table).map(([name, mutant]) => ({ name, module, ...mutant })),
);
