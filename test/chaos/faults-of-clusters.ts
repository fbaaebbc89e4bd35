import type { Fault } from './fault.js';

/** Failures of servers, networks and other machines. */
export const FAULTS_OF_CLUSTERS: readonly Fault[] = [
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
