import type { Fault } from './fault.js';
import { FAULTS_OF_INPUT } from './faults-of-input.js';
import { FAULTS_OF_PROGRAMS } from './faults-of-programs.js';
import { FAULTS_OF_THE_MACHINE } from './faults-of-the-machine.js';
import { FAULTS_OF_TRAINERS } from './faults-of-trainers.js';

/** The rows of docs/reliability.md. A test demands that every mutant has its name in one. */
export const FAULTS: readonly Fault[] = [
  {
    fault: 'kill -9 of the orchestrator at any moment, again and again',
    promise:
      'trainers run on; the next `hpo optimize` takes them over; every METRIC line, exit code and row as if nothing had happened',
    tests: ['test/chaos/chaos.test.ts', 'test/cli/signals.test.ts', 'test/executors/local/resume.test.ts'],
    parts: ['kill'],
    mutants: [
      'dead-orchestrator-reattached',
      'log-read-from-its-start',
      'reports-are-upserts',
      'exit-complete-with-newline',
      'zombie-is-dead',
    ],
  },
  {
    fault: 'kill -9 just before or after a commit, spawn, file or signal',
    promise:
      'an attempt is stored before its process starts, an end before it is told; the next call goes on from any moment; no trainer starts twice',
    tests: [
      'test/chaos/chaos.test.ts',
      'test/storage/durable.test.ts',
      'test/executors/local/supervisor.test.ts',
    ],
    parts: ['points'],
    mutants: [
      'answered-after-commit',
      'launch-owned-once',
      'launch-revoked-first',
      'launch-never-revoked-late',
      'index-of-a-crash-used-again',
      'stop-noted-before-signals',
      'stop-reason-believed',
    ],
  },
  {
    fault: 'several processes on one study',
    promise:
      'a grid gives exactly its points; enqueued trials are taken once; nobody hears "database is locked"',
    tests: ['test/chaos/chaos.test.ts', 'test/storage/races.test.ts', 'test/storage/enqueueing.test.ts'],
    parts: ['grid'],
    mutants: [
      'configuration-unique',
      'predicted-index-checked',
      'one-transaction-each',
      'enqueued-claimed-once',
      'busy-is-waited-for',
      'living-orchestrator-keeps-its-attempts',
    ],
  },
  {
    fault: "workers of Optuna 4.1 and 5 on hpo's study, hpo on Optuna's",
    promise:
      'one sequence of numbers without gaps, every trial done by one program; a file that Optuna made stays as it is, byte for byte, while it is only read',
    tests: [
      'test/chaos/chaos.test.ts',
      'test/storage/optuna-races.test.ts',
      'test/storage/optuna-schema.test.ts',
      'test/storage/optuna-reading.test.ts',
      'test/cli/optuna-study.test.ts',
      'test/cli/optuna-times.test.ts',
      'test/cli/optuna-dashboard.test.ts',
    ],
    parts: ['optuna'],
    mutants: ['optuna-writes-once', 'optuna-file-unchanged-by-readers'],
  },
  {
    fault: 'an orchestrator that was thought dead comes back, or two take over at once',
    promise: 'one of them gets the attempt; what the other one reports or tells changes nothing',
    tests: ['test/storage/reporting.test.ts'],
    parts: [],
    mutants: ['attempt-reattached-by-one', 'finish-names-its-attempt', 'report-names-its-attempt'],
  },
  {
    fault: 'a reboot, a pid that is used again',
    promise:
      'what ran is queued again and not failed, though not for ever; boot id, pid and start time name an orchestrator, a random token a trainer',
    tests: [
      'test/cli/reboot.test.ts',
      'test/liveness/judge.test.ts',
      'test/liveness/lock.test.ts',
      'test/study/retries.test.ts',
      'test/executors/local/stop.test.ts',
    ],
    parts: [],
    mutants: [
      'lost-is-no-failure',
      'orchestrator-known-by-boot',
      'orchestrator-known-by-start',
      'process-known-by-token',
    ],
  },
  {
    fault: 'orchestrators that cannot see each other: other PID namespaces, a hidden /proc, other users',
    promise:
      'they share a study, a lock of the kernel says who lives, and what is unknown is waited for: no trial is started twice',
    tests: [
      'test/cli/apart.test.ts',
      'test/liveness/judge.test.ts',
      'test/liveness/lock.test.ts',
      'test/liveness/owners.test.ts',
    ],
    parts: [],
    mutants: ['orchestrator-known-by-namespace', 'lock-is-believed'],
  },
  {
    fault: 'loss of power',
    promise:
      'what was told is on disk; runs.csv is the old table or the new one; steps alone are no result where nobody knows how a trainer ended',
    tests: [
      'test/storage/durable.test.ts',
      'test/loggers/csv/file.test.ts',
      'test/study/attempt.test.ts',
      'test/storage/reporting.test.ts',
    ],
    parts: [],
    mutants: [
      'commits-are-synced',
      'table-renamed-whole',
      'unknown-end-is-no-result',
      'reports-of-a-retry-dropped',
    ],
  },
  {
    fault: 'a closed terminal, Ctrl-C, a trainer that ignores TERM or hides its children',
    promise: 'no signal to the terminal ends a trainer; a stopped one takes its whole process tree with it',
    tests: [
      'test/cli/signals.test.ts',
      'test/executors/local/supervisor.test.ts',
      'test/executors/local/stop.test.ts',
      'test/executors/local/attempt-liveness.test.ts',
      'test/executors/local/stuck.test.ts',
      'test/cli/stuck.test.ts',
    ],
    parts: [],
    mutants: ['session-of-its-own', 'whole-tree-stopped'],
  },
  {
    fault:
      'children that hide: another session, an empty or overwritten environment, a trainer that is itself a sweep',
    promise:
      'they are found and ended with their trial, wherever they were seen while their parents ran; a service (HPO_KEEP_RUNNING=1) is left running',
    tests: ['test/executors/local/escape.test.ts', 'test/cli/nested.test.ts'],
    parts: [],
    mutants: ['hidden-child-remembered'],
  },
  ...FAULTS_OF_TRAINERS,
  ...FAULTS_OF_THE_MACHINE,
  {
    fault: 'a sweep of many trials',
    promise: 'memory and open files stay flat, and the last trial costs what the first one did',
    tests: ['test/chaos/chaos.test.ts', 'test/executors/local/run.test.ts'],
    parts: ['soak'],
    mutants: [],
  },
  ...FAULTS_OF_INPUT,
  ...FAULTS_OF_PROGRAMS,
];
