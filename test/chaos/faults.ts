import type { Fault } from './fault.js';
import { FAULTS_OF_CLUSTERS } from './faults-of-clusters.js';
import { FAULTS_OF_INPUT } from './faults-of-input.js';
import { FAULTS_OF_PROGRAMS } from './faults-of-programs.js';
import { FAULTS_OF_THE_MACHINE } from './faults-of-the-machine.js';
import { FAULTS_OF_TRAINERS } from './faults-of-trainers.js';

/** The rows of docs/reliability.md. A test demands that every mutant has its name in one. */
export const FAULTS: readonly Fault[] = [
  {
    fault: 'kill -9 of the orchestrator at any moment, again and again',
    promise:
      'trainers keep running and the next `hpo optimize` reattaches them; every METRIC line, exit code and row is as in a sweep that nobody disturbed',
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
    fault:
      'kill -9 of anything while a scheduler pauses trials and continues or copies them, and at the moment of a promotion',
    promise:
      'no trial and no report is lost, no step is trained twice by a kill of the orchestrator, and with one slot the sweep ends exactly as an undisturbed one',
    tests: [
      'test/chaos/chaos.test.ts',
      'test/cli/scheduling/trainers.test.ts',
      'test/cli/scheduling/interrupted.test.ts',
      'test/executors/local/hold.test.ts',
      'test/study/scheduling.test.ts',
      'test/study/pbt.test.ts',
    ],
    parts: ['schedules', 'trainers'],
    mutants: [
      'held-while-it-is-looked-at',
      'held-and-let-go-by-the-next-orchestrator',
      'held-until-it-ends',
      'target-kept-by-a-retry',
      'paused-trials-outlive-an-interrupt',
    ],
  },
  {
    fault:
      'a population whose members are replaced by copies of the best, killed while a checkpoint is copied',
    promise:
      'a copy appears whole or not at all and shares nothing with its original; the new trial exists with it or not at all; one member is replaced once; what a trial has of its parent counts once',
    tests: [
      'test/chaos/chaos.test.ts',
      'test/study/pbt.test.ts',
      'test/cli/scheduling/pbt.test.ts',
      'test/library/population.test.ts',
      'test/schedulers/pbt.test.ts',
      'test/storage/forking.test.ts',
      'test/executors/local/copy-folder.test.ts',
    ],
    parts: [],
    mutants: [
      'copy-before-the-new-trial',
      'copies-share-nothing',
      'copy-appears-whole',
      'both-are-paused-still',
      'steps-of-a-parent-count-once',
      'population-is-filled',
      'values-of-a-parent-are-not-its-own',
    ],
  },
  {
    fault: 'kill -9 while configurations race for repeats',
    promise:
      'no repeat is lost or doubled, all configurations share the first seeds, and with one slot the race ends exactly as an undisturbed one',
    tests: ['test/races/race.test.ts', 'test/study/sweep/race-queue.test.ts', 'test/library/race.test.ts'],
    parts: ['races'],
    mutants: [
      'every-configuration-runs-before-the-race',
      'failed-repeat-uses-its-seed',
      'race-shares-its-error',
    ],
  },
  {
    fault: 'kill -9 of a sweep that keeps the checkpoints of its best trials',
    promise:
      'at its end exactly those of the best complete trials are there; between two calls none is missing that a paused trial continues from',
    tests: ['test/cli/scheduling/kept-checkpoints.test.ts', 'test/study/sweep/finished-checkpoints.test.ts'],
    parts: ['kept'],
    mutants: ['checkpoints-of-paused-trials-stay', 'checkpoints-of-the-best-stay'],
  },
  {
    fault: 'kill -9 just before or after a commit, spawn, file or signal',
    promise:
      'an attempt is stored before its process starts, an end before it is reported; the next call resumes from any moment; no trainer starts twice',
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
      'a grid gives exactly its points; each enqueued trial runs once; paused trials and populations are shared exactly; no command fails with "database is locked"',
    tests: [
      'test/chaos/chaos.test.ts',
      'test/storage/races.test.ts',
      'test/storage/enqueueing.test.ts',
      'test/study/shared-scheduling.test.ts',
      'test/cli/postgres-shared.test.ts',
    ],
    parts: ['grid'],
    mutants: [
      'configuration-unique',
      'predicted-index-checked',
      'one-transaction-each',
      'enqueued-claimed-once',
      'busy-is-waited-for',
      'living-orchestrator-keeps-its-attempts',
      'promotions-of-others-are-waited-for',
      'a-population-is-shared',
    ],
  },
  {
    fault: "workers of Optuna 4.1 and 5 on hpo's study, hpo on Optuna's",
    promise:
      'trial numbers have no gaps, and one program runs each trial; reading a file that Optuna made changes no byte of it',
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
    fault: 'an orchestrator comes back after another one reattached its attempts, or two reattach at once',
    promise: 'one of them gets the attempt; reports and ends from the other one change nothing',
    tests: ['test/storage/reporting.test.ts'],
    parts: [],
    mutants: ['attempt-reattached-by-one', 'finish-names-its-attempt', 'report-names-its-attempt'],
  },
  {
    fault: 'a reboot, a pid that another process reuses',
    promise:
      'lost trials are queued again a limited number of times and do not fail; boot id, pid and start time identify an orchestrator, a random token a trainer',
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
      'they can share a study; a kernel lock says who lives; hpo waits where it cannot tell; no trial starts twice',
    tests: [
      'test/cli/apart.test.ts',
      'test/liveness/judge.test.ts',
      'test/liveness/lock.test.ts',
      'test/liveness/owners.test.ts',
    ],
    parts: [],
    mutants: ['orchestrator-known-by-namespace', 'lock-is-believed', 'hidden-supervisor-not-ended'],
  },
  {
    fault: 'loss of power',
    promise:
      'what hpo reported is on disk; runs.csv is the old table or the new one; steps alone are no result where nobody knows how a trainer ended',
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
    promise: 'no signal to the terminal ends a trainer; stopping a trainer ends its whole process tree',
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
      'children that hpo saw while their parents ran end with their trial; a service (HPO_KEEP_RUNNING=1) is left running',
    tests: ['test/executors/local/escape.test.ts', 'test/cli/nested.test.ts'],
    parts: [],
    mutants: ['hidden-child-remembered'],
  },
  ...FAULTS_OF_TRAINERS,
  ...FAULTS_OF_THE_MACHINE,
  ...FAULTS_OF_CLUSTERS,
  {
    fault: 'a sweep of many trials',
    promise: 'memory and open files stay flat, and the last trial costs no more than the first',
    tests: ['test/chaos/chaos.test.ts', 'test/executors/local/run.test.ts'],
    parts: ['soak'],
    mutants: [],
  },
  ...FAULTS_OF_INPUT,
  ...FAULTS_OF_PROGRAMS,
];
