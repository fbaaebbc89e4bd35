import { backends } from '../../trainer/backends/registry.js';
import type { Check, Finding } from './check.js';

/** The headings, in their order in the report. */
export const GROUPS = ['machine', 'packages', 'gpus', 'clusters', 'storage', 'disk', 'trainer'] as const;
export type Group = (typeof GROUPS)[number];

/** The checks of one heading, which run in one process. */
export type Part = {
  readonly name: string;
  readonly group: Group;
  readonly load: () => Promise<readonly Check[]>;
  /** Returns the finding when the process crashed or hung: `what` is `was killed by SIGSEGV` and the like. */
  readonly died: (what: string) => Promise<Finding> | Finding;
};

const broken = (what: string): Finding => ({
  status: 'fail',
  message: `the process of this check ${what}`,
  fix: 'set a longer --timeout if the machine is busy; otherwise check the disk or driver that does not respond',
});

export const parts: readonly Part[] = [
  {
    name: 'machine',
    group: 'machine',
    load: async () => (await import('./machine.js')).machineChecks,
    died: broken,
  },
  {
    name: 'packages',
    group: 'packages',
    load: async () => (await import('./packages.js')).packageChecks,
    died: broken,
  },
  { name: 'gpus', group: 'gpus', load: async () => (await import('./gpus.js')).gpuChecks(), died: broken },
  {
    name: 'clusters',
    group: 'clusters',
    load: async () => (await import('./clusters.js')).clusterChecks,
    died: broken,
  },
  {
    name: 'storage',
    group: 'storage',
    load: async () => (await import('./storage.js')).storageChecks,
    died: broken,
  },
  { name: 'disk', group: 'disk', load: async () => (await import('./disk.js')).diskChecks, died: broken },
  ...backends.map(
    ({ name }): Part => ({
      name: `backend.${name}`,
      group: 'trainer',
      load: async () => [(await import('./trainer.js')).backendCheck(name)],
      died: async (what) => (await import('./trainer.js')).backendDied(name, what),
    }),
  ),
  {
    name: 'mnist',
    group: 'trainer',
    load: async () => [(await import('./trainer.js')).dataCheck],
    died: broken,
  },
];
