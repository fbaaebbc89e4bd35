import { HpoError, messageOf, usageError } from '../../core/errors.js';
import { isInfrastructureError } from '../../core/infrastructure-errors.js';
import { makeLineParser } from '../../protocol/formats/registry.js';
import type { Executor, Outcome, RunHooks, RunnableAttempt } from '../executor.js';
import { endedWithProgram } from '../function/ended-with-program.js';
import { handleKind } from '../handle.js';
import { readLaunchOwner, revokeLaunch } from '../local/attempt-dir.js';
import { type FollowedAttempt, followAttempt, type Handler } from '../local/follow-attempt.js';
import { attemptFiles, newAttemptDir } from '../local/paths.js';
import { checkCommand } from '../local/placeholders.js';
import { existingLog } from '../local/prepare.js';
import { notStarted } from '../local/wait-for-exit.js';
import { withPossibleEnd } from '../witnessed-end.js';
import { cancelJob, END_TIMES, type EndTimes, folderOf, makeBatchControl } from './batch-control.js';
import type { BatchQueue, JobRequest } from './batch-queue.js';
import { untilBegun, untilPlaced } from './begun.js';
import { JOB_TIMES, type JobTimes, jobEnd } from './job-end.js';
import { knownName, noteJobId, noteSubmission } from './job-files.js';
import { restartMark } from './job-script.js';
import { QueueWatch } from './queue-watch.js';
import { type JobSetup, jobRefused, prepareJob } from './submit.js';

export type BatchOptions = JobSetup & {
  /** As handles begin. */
  readonly kind: string;
  readonly queue: BatchQueue;
  readonly endTimes?: EndTimes;
  readonly jobTimes?: JobTimes;
};

/**
 * Runs trainers as jobs of a queue, in folders that this machine and the jobs' machines share. A job claims its attempt when
 * it begins, so two jobs of one attempt never both run, whatever became of the answer to a submission.
 * @throws HpoError (usage) as `checkCommand`, and executor.not-measured where the study measures what only this machine can.
 */
export function makeBatchExecutor(options: BatchOptions): Executor {
  const { kind, queue, setup, endTimes = END_TIMES, jobTimes = JOB_TIMES } = options;
  checkCommand(setup.command, setup.parameters);
  makeLineParser(setup.metrics);
  const [measured] = setup.measured;
  if (measured !== undefined)
    throw usageError(
      'executor.not-measured',
      `expected metrics of the trainer with executor: ${kind}, got ${measured}`,
      {
        fix: 'let the trainer report it, or use executor: local',
      },
    );
  const watch = new QueueWatch(queue);
  let hasAccepted = false;

  function followed(attempt: RunnableAttempt, isReattached: boolean): FollowedAttempt {
    const { limits, metrics, measured } = setup;
    const dir = folderOf(attempt);
    const files = attemptFiles(dir, attempt.trial);
    const handler = jobHandler(queue, attempt, endTimes);
    const shown = isReattached ? { ...files, log: existingLog(files, attempt.token) } : files;
    return { files: shown, attempt, isReattached, handler, isShared: true, limits, metrics, measured };
  }
  function follow(attempt: RunnableAttempt, hooks: RunHooks, isReattached: boolean): Promise<Outcome> {
    const dir = folderOf(attempt);
    let isOver = false;
    void untilPlaced(dir, () => isOver).then((place) => {
      if (place !== null) hooks.placed(place);
    });
    const waited = { dir, name: knownName(dir, attempt), title: queue.title, watch, times: jobTimes };
    return followAttempt(followed(attempt, isReattached), hooks, (waiting) =>
      jobEnd(waited, waiting),
    ).finally(() => {
      isOver = true;
    });
  }

  return {
    ...makeBatchControl(queue, { checkpoints: setup.checkpoints, studyDir: setup.studyDir, times: endTimes }),
    kind,
    allocate: ({ trial, attempt }) => `${kind}:${newAttemptDir(setup.studyDir, trial, attempt)}`,
    async run(attempt, hooks) {
      const dir = folderOf(attempt);
      if (hooks.signal.aborted) return notStarted('stopped before it was submitted');
      if (readLaunchOwner(dir).kind !== 'nobody') return notStarted('launch revoked');
      let job: JobRequest;
      try {
        job = prepareJob(options, attempt, attemptFiles(dir, attempt.trial));
        noteSubmission(dir);
      } catch (error) {
        if (error instanceof HpoError || !isInfrastructureError(error, 'writing')) throw error;
        return { kind: 'infrastructure', reason: `cannot write the trial's outputs: ${messageOf(error)}` };
      }
      const submission = await queue.submit(job);
      if (submission.kind === 'later' || submission.kind === 'refused') {
        await revokeLaunch(dir);
        const reason = `${queue.title} took no job: ${submission.reason}`;
        // The first job shows whether the sweep file is right. After that the queue is to blame.
        if (submission.kind === 'refused' && !hasAccepted) throw jobRefused(queue.title, submission.reason);
        return { kind: 'infrastructure', reason };
      }
      if (submission.kind === 'accepted') {
        hasAccepted = true;
        noteJobId(dir, submission.id);
      } else hooks.warn(`${queue.title} gave no clear answer (${submission.reason}): hpo looks for the job`);
      return withPossibleEnd(attempt.startedAtMs, await follow(attempt, hooks, false));
    },
    async reattach(attempt, hooks) {
      if (handleKind(attempt.handle) === 'function') return endedWithProgram(attempt);
      return withPossibleEnd(attempt.startedAtMs, await follow(attempt, hooks, true));
    },
    // The queue ends what a job leaves running.
    cleanup: async () => [],
  };
}

function jobHandler(queue: BatchQueue, attempt: RunnableAttempt, times: EndTimes): Handler {
  return {
    cancel: () => cancelJob(queue, attempt, times),
    watch: () => () => {},
    begun: (isOver) => untilBegun(folderOf(attempt), isOver),
    restartMark: restartMark(attempt.token),
    outOfReach: `the trial is to be stopped, but ${queue.title} has not ended its job: hpo waits until it has`,
    isShared: true,
    left: () =>
      new HpoError(
        'executor.out-of-reach',
        `trial ${attempt.trial} is left running: ${queue.title} has not ended its job`,
        {
          fix: 'end it there, or let it run: the next hpo optimize follows it',
        },
      ),
  };
}
