import type { Fault } from './fault.js';

/** Failures of servers, networks and other machines. */
export const FAULTS_OF_CLUSTERS: readonly Fault[] = [
  {
    fault:
      'machines that share a study and lose their power, stand still or are cut off, for less and for more than their leases; kill -9 of anything on them and of the server',
    promise:
      'every trial counts once and keeps every metric, its retries are those of the settings, and the study is as Optuna expects it; a machine that cannot renew its lease stops its trainers before another one runs their trials again, and what it writes later changes nothing',
    tests: [
      'test/chaos/chaos.test.ts',
      'test/storage/postgres/leases.test.ts',
      'test/study/leased-sweep.test.ts',
      'test/study/sweep/worker-lease.test.ts',
      'test/executors/local/lease-guard.test.ts',
    ],
    parts: ['machines'],
    mutants: ['late-writes-refused', 'lease-given-up-in-time'],
  },
  {
    fault:
      'hpo and its trainers killed together, or a machine that loses its power, before hpo stored what they printed; a folder that machines see under other paths, or that was moved',
    promise:
      'the next call, or the one of the other machines that takes the trial over, stores every whole line first, so that a trial that resumes from its checkpoint lacks no step; half a line is no value; every command and the page find logs and checkpoints where they are, and remove nothing elsewhere',
    tests: [
      'test/cli/lost-reports.test.ts',
      'test/cli/moved-project.test.ts',
      'test/executors/folders-here.test.ts',
      'test/executors/checkpoints-here.test.ts',
      'test/executors/local/lease-guard.test.ts',
      'test/executors/local/run.test.ts',
      'test/cli/asked/run.test.ts',
    ],
    parts: [],
    mutants: [
      'lost-log-read',
      'lost-log-found-here',
      'moved-folder-is-claimed',
      'assumed-end-reads-first',
      'half-line-of-a-killed-trainer',
      'last-number-of-a-known-end',
    ],
  },
  {
    fault: 'a PostgreSQL server that crashes, fails over, is full, only reads, or changes its passwords',
    promise:
      'the sweep waits, says so once and continues by itself; each operation is done once, also when only the answer to its commit was lost; a password that is refused ends it with a clear error, and the next call resumes; no password is shown',
    tests: [
      'test/cli/postgres-trouble.test.ts',
      'test/storage/postgres/lost.test.ts',
      'test/storage/postgres/open.test.ts',
      'test/cli/postgres.test.ts',
      'test/storage/shown-url.test.ts',
    ],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a role of a server that may only read',
    promise: 'every reading command works, and the page; what writes is refused, and changes nothing',
    tests: ['test/cli/postgres-reader.test.ts'],
    parts: [],
    mutants: [],
  },
];
