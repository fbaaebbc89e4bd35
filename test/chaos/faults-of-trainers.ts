import type { Fault } from './fault.js';

/** Failures of trainers, and failures that a trial must not fail for. */
export const FAULTS_OF_TRAINERS: readonly Fault[] = [
  {
    fault: 'a trainer that crashes, hangs, prints no METRIC lines, or reports NaN',
    promise:
      'its trial fails with a reason, at `trial_timeout` or `no_progress_timeout` at the latest, and no process remains',
    tests: [
      'test/cli/bad-trainers.test.ts',
      'test/executors/local/limits.test.ts',
      'test/executors/local/attempt-clock.test.ts',
      'test/study/attempt.test.ts',
      'test/study/retries.test.ts',
    ],
    parts: [],
    mutants: ['decided-stop-carried-out'],
  },
  {
    fault: 'a trial with checkpoints that is retried again and again, on CPUs and GPUs',
    promise:
      'it resumes after the last saved epoch and reaches the same result; each epoch is in the table once; a lost attempt counts only when the next one got no further',
    tests: [
      'test/cli/checkpoints.test.ts',
      'test/study/checkpoints.test.ts',
      'test/study/checkpoint-steps.test.ts',
      'test/storage/inherited.test.ts',
      'test/executors/conformance.test.ts',
    ],
    parts: [],
    mutants: ['checkpoint-steps-kept', 'checkpoint-removed-after-the-end'],
  },
  {
    fault: 'a checkpoint that is torn, damaged, foreign, or cannot be saved',
    promise:
      'training prints one line, ignores it and starts from the beginning; the previous checkpoint stays when a new one cannot be written',
    tests: ['test/trainer/checkpoint.test.ts', 'test/executors/local/checkpoints.test.ts'],
    parts: [],
    mutants: ['torn-checkpoint-ignored', 'checkpoint-written-whole'],
  },
  {
    fault: 'a trainer that floods: gigabytes, binary data, no newline, a million values',
    promise:
      'memory stays bounded; a line of more than 64 KiB is dropped as a whole; `max_log_bytes` ends a trial before the disk is full',
    tests: [
      'test/protocol/lines.test.ts',
      'test/protocol/fuzz.test.ts',
      'test/executors/local/output.test.ts',
      'test/executors/local/limits.test.ts',
      'test/study/pressure.test.ts',
    ],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a sweep whose trials fail one after another',
    promise:
      '`retries` limits the further attempts of a trial over all calls; `max_failures` and `max_consecutive_failures` end the sweep with a reason',
    tests: [
      'test/study/retries.test.ts',
      'test/study/attempt/retry-policy.test.ts',
      'test/study/sweep/failures.test.ts',
      'test/cli/bad-trainers.test.ts',
    ],
    parts: [],
    mutants: ['retry-counted'],
  },
  {
    fault: 'hpo or the whole machine suspended (Ctrl-Z, a closed laptop), a clock that is set',
    promise: 'no limit counts time in which nobody saw the trainer run; a hanging trainer is still stopped',
    tests: [
      'test/cli/suspend.test.ts',
      'test/executors/local/attempt-clock.test.ts',
      'test/executors/local/limits.test.ts',
    ],
    parts: [],
    mutants: ['suspended-time-does-not-count'],
  },
  {
    fault: 'results that are infinitely good, violate a limit, or come from few lucky repeats',
    promise:
      'an infinitely good result fails its trial; the best configuration keeps every limit and has all its repeats, wherever hpo shows one',
    tests: [
      'test/study/infinite.test.ts',
      'test/results/ranking.test.ts',
      'test/samplers/ranking-conformance.test.ts',
    ],
    parts: [],
    mutants: [],
  },
];
