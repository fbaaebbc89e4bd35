import type { Fault } from './fault.js';

/** What trainers do wrong, and when it must not be held against them. */
export const FAULTS_OF_TRAINERS: readonly Fault[] = [
  {
    fault: 'a trainer that crashes, hangs, talks without METRIC lines, or reports NaN',
    promise:
      'it fails with a reason, at the latest by `trial_timeout` or `no_progress_timeout`, and leaves no process behind',
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
    fault: 'a trial that is tried again, again and again, with checkpoints, on CPUs and GPUs',
    promise:
      'it goes on after the last epoch saved, to the same result; each epoch is in the table once; a loss counts only where it got no further',
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
    fault: 'a checkpoint that is torn, damaged, of something else, or cannot be saved',
    promise:
      'it is ignored with one line, and training starts anew; the one before stays where a new one cannot be written',
    tests: ['test/trainer/checkpoint.test.ts', 'test/executors/local/checkpoints.test.ts'],
    parts: [],
    mutants: ['torn-checkpoint-ignored', 'checkpoint-written-whole'],
  },
  {
    fault: 'a trainer that floods: gigabytes, binary data, no newline, a million values',
    promise:
      'memory stays bounded; a line of more than 64 KiB is dropped whole; `max_log_bytes` ends a trial before the disk is full',
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
      '`retries` gives a trial so many further attempts over all calls; `max_failures` and `max_consecutive_failures` end the sweep with a reason',
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
    promise:
      'no limit ends a trainer for time in which nobody saw it run; one that hangs is ended all the same',
    tests: [
      'test/cli/suspend.test.ts',
      'test/executors/local/attempt-clock.test.ts',
      'test/executors/local/limits.test.ts',
    ],
    parts: [],
    mutants: ['suspended-time-does-not-count'],
  },
  {
    fault: 'results that are infinitely good, break a limit, or are the luck of few repeats',
    promise:
      'what is infinitely good fails its trial; the best keeps every limit and has all its repeats, wherever hpo shows one',
    tests: [
      'test/study/infinite.test.ts',
      'test/results/ranking.test.ts',
      'test/samplers/ranking-conformance.test.ts',
    ],
    parts: [],
    mutants: [],
  },
];
