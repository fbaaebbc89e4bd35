import type { Fault } from './fault.js';

/** What is wrong around a sweep: other sweeps, its disk, its database, its output. */
export const FAULTS_OF_THE_MACHINE: readonly Fault[] = [
  {
    fault: 'two sweeps on one machine, some of them killed, suspended or waiting',
    promise:
      'a GPU slot is leased over all studies and databases: never two trials in one, no lease of the dead in the way, nobody waits for ever',
    tests: [
      'test/cli/leases.test.ts',
      'test/cli/leases-killed.test.ts',
      'test/executors/slot-pool.test.ts',
      'test/executors/leases/leases.test.ts',
      'test/executors/leases/race.test.ts',
      'test/executors/leases/folder.test.ts',
    ],
    parts: [],
    mutations: [
      'lease-all-or-none',
      'lease-claim-taken-back',
      'lease-claimed-before-counting',
      'lease-counted-after-claiming',
      'lease-counts-once',
      'lease-ends-with-exit-code',
      'lease-folder-closed',
      'lease-folder-of-this-user',
      'lease-folder-trouble-is-no-end',
      'lease-not-left-to-each-other',
      'lease-of-the-dead-is-stale',
      'lease-outlives-orchestrator',
      'lease-passes-on',
      'lease-passes-on-everywhere',
      'lease-politeness-ends',
      'lease-smallest-stays',
      'lease-taken-before-launch',
      'lease-token-is-no-path',
      'lease-waiting-goes-first',
      'lease-written-again',
      'waiting-is-no-end',
      'waiting-wish-goes',
      'finished-waits-for-nobody',
    ],
  },
  {
    fault: 'a full disk, a used-up quota',
    promise:
      'nothing is launched, with one message; what was told is kept and what happens is stored later; it goes on by itself',
    tests: [
      'test/cli/disk-full.test.ts',
      'test/study/disk-full.test.ts',
      'test/storage/damage.test.ts',
      'test/loggers/csv/file.test.ts',
      'test/loggers/sweep-log.test.ts',
    ],
    parts: [],
    mutations: [
      'disk-room-before-launch',
      'disk-full-waited-for',
      'disk-full-is-no-failure',
      'disk-quota-told',
      'table-written-whole',
      'log-lines-whole',
    ],
  },
  {
    fault: 'a torn or corrupt database',
    promise:
      'found when it is opened, left as it is, and told with the commands that save it; trainers of a running sweep go on',
    tests: ['test/storage/damage.test.ts', 'test/study/disk-full.test.ts', 'test/cli/disk-full.test.ts'],
    parts: [],
    mutations: [
      'disk-torn-pages-found',
      'disk-emptied-file-found',
      'disk-lost-first-page-found',
      'disk-damage-stops-no-trainer',
      'disk-damage-stops-no-report',
      'disk-damage-ends-hpo',
    ],
  },
  {
    fault: 'a database on a network file system',
    promise: 'refused with a way out, before anything is made there',
    tests: ['test/storage/network-open.test.ts', 'test/storage/network.test.ts'],
    parts: [],
    mutations: ['network-fs-refused'],
  },
  {
    fault: 'a reader of our output that goes away, output that is closed',
    promise: 'the sweep goes on, with the same exit code',
    tests: ['test/cli/pipes.test.ts'],
    parts: [],
    mutations: ['pipe-closed-is-no-end'],
  },
];
