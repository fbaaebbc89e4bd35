import type { MutantTable } from './mutant.js';

export const STUDY: MutantTable = {
  'dead-orchestrator-reattached': {
    protection: 'The next sweep reattaches the attempts of an orchestrator that was killed.',
    file: 'src/study/sweep/reattach.ts',
    symbol: 'Reattachment.load',
    expression: 'const { trial, attempt } of orphans.filter(isOurs)',
    replacement: 'const { trial, attempt } of orphans.slice(0, 0)',
    builds: true,
    test: { file: 'test/cli/signals.test.ts', name: ': trainers run on' },
  },
  'living-orchestrator-keeps-its-attempts': {
    protection: 'Nobody reattaches an attempt whose orchestrator lives.',
    file: 'src/study/sweep/trial-queue.ts',
    symbol: 'TrialQueue.#sortUnfinished',
    expression: 'attempt !== null && ended.includes(attempt.owner)',
    replacement: 'attempt !== null || ended.length > 0',
    test: { file: 'test/study/attempt.test.ts', name: 'whose orchestrator lives is left to it' },
  },
  'stop-reason-believed': {
    protection: 'A trainer that a dead orchestrator was stopping does not count as failed.',
    file: 'src/study/attempt/verdict.ts',
    symbol: 'judge',
    expression: 'stopping || outcome.stoppedFor',
    replacement: 'stopping',
    test: {
      file: 'test/study/attempt.test.ts',
      name: 'what a dead orchestrator was stopping is queued again',
    },
  },
  'lost-is-no-failure': {
    protection: 'A trial whose attempt was lost in a reboot is queued again and does not fail.',
    file: 'src/study/attempt/verdict.ts',
    symbol: 'judge',
    expression: "open('lost', outcome.lost ?? GONE)",
    replacement: 'fail(GONE)',
    test: { file: 'test/study/retries.test.ts', name: 'is queued again and not failed, but not for ever' },
  },
  'unknown-end-is-no-result': {
    protection: 'Values of steps are no result where nobody knows how the trainer ended.',
    file: 'src/study/attempt/verdict.ts',
    symbol: 'judge',
    expression: '!reports.allFinal',
    replacement: '!reports.values().every((value) => value !== null)',
    test: { file: 'test/study/attempt.test.ts', name: 'an unknown end after some steps is no result' },
  },
  'retry-counted': {
    protection: 'The retries of a trial count over all calls, whatever interrupted them.',
    file: 'src/study/attempt/retry-policy.ts',
    symbol: 'countEarlierAttempts',
    expression: 'failed++',
    replacement: 'failed += 0',
    test: {
      file: 'test/study/retries.test.ts',
      name: 'are counted over all calls, though the sweep was interrupted',
    },
  },
  'checkpoint-steps-kept': {
    protection: 'The steps before a checkpoint stay when another attempt resumes from it.',
    file: 'src/study/attempt/attempt-run.ts',
    symbol: 'AttemptRun.conclude',
    expression: 'keepSteps: metrics.hasExplicitSteps &&',
    replacement: 'keepSteps: metrics.hasExplicitSteps && !metrics.hasExplicitSteps &&',
    test: {
      file: 'test/study/checkpoints.test.ts',
      name: 'has the result of one that nothing disturbed',
    },
  },
  'checkpoint-removed-after-the-end': {
    protection: 'Checkpoints are removed only after the end of their trial is stored.',
    file: 'src/study/attempt/attempt-run.ts',
    symbol: 'AttemptRun.conclude',
    expression: 'const ending: Ending =',
    replacement:
      "await this.#orWarn(checkpoints?.discard(runnable), 'removed too early'); const ending: Ending =",
    test: {
      file: 'test/study/checkpoints.test.ts',
      name: 'go when the end of a trial is stored',
    },
  },
  'disk-full-waited-for': {
    protection: 'What happens while the disk is full is stored when there is space again.',
    file: 'src/study/sweep/disk-space-guard.ts',
    symbol: 'DiskSpaceGuard.#persist',
    expression: '!waits || !isWaitedFor(error)',
    replacement: 'waits !== null || !isWaitedFor(error)',
    test: {
      file: 'test/study/disk-full.test.ts',
      name: 'pauses with one message, loses and doubles nothing',
    },
  },
  'damaged-database-stops-no-trainer': {
    protection: 'A sweep whose database is damaged leaves its trainers running.',
    file: 'src/study/sweep/loop.ts',
    symbol: 'Sweep.#fail',
    expression: 'if (!this.#leaves(run)) run.stop',
    replacement: 'run.stop',
    test: {
      file: 'test/study/disk-full.test.ts',
      name: 'a database that is damaged under a sweep ends it, and leaves the trainers',
    },
  },
  'lost-database-noticed': {
    protection:
      'A sweep whose database was deleted ends with an error and a copy, and not as if it had finished.',
    file: 'src/study/sweep/database-watch.ts',
    symbol: 'DatabaseWatch.check',
    expression: "state === 'in-place'",
    replacement: "state === 'in-place' || state === 'gone'",
    test: {
      file: 'test/library/database-lost.test.ts',
      name: 'optimize rejects when its database is deleted',
    },
  },
  'asked-trial-handed-out-again': {
    protection: 'A trial whose asker has died is handed out again.',
    file: 'src/study/ask/asked-trials.ts',
    symbol: 'isAbandoned',
    expression: 'ended.includes(asker)',
    replacement: 'ended.includes(`not ${asker}`)',
    builds: true,
    test: {
      file: 'test/cli/asked-and-died.test.ts',
      name: 'a trial whose asker died is handed out by the next ask',
    },
  },
  'no-code-from-a-database': {
    protection: 'A file that a database names is never run.',
    file: 'src/study/components.ts',
    symbol: 'loadSampler',
    expression: "own ? guardedSampler(name, own) : { sample: () => absent('sampler', name) }",
    replacement: 'guardedSampler(name, own ?? (await import(name)).default({}))',
    builds: true,
    test: { file: 'test/cli/own-parts.test.ts', name: 'that a database names is never run' },
  },
  'study-opened-together': {
    protection: 'A program loads the study that another program has created meanwhile.',
    file: 'src/library/create.ts',
    symbol: 'createStudyOn',
    expression: 'loadIfTaken(load)',
    replacement: 'loadIfTaken(async () => null)',
    builds: true,
    test: {
      file: 'test/cli/opening.test.ts',
      name: 'promises at once open one study of a file that none of them has made',
    },
  },
};
