import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { HpoError, usageError } from '../../core/errors.js';
import { folderOf } from '../batch/batch-control.js';
import { makeBatchExecutor } from '../batch/batch-executor.js';
import { JOB_TIMES, type JobTimes } from '../batch/job-end.js';
import { jobName, jobRequest } from '../batch/job-files.js';
import type { Executor, Outcome, RunHooks, RunnableAttempt } from '../executor.js';
import { handleKind } from '../handle.js';
import { leftoversInFiles } from '../local/discard-unkept.js';
import type { ExecutorModule } from '../registry.js';
import type { TrainerSetup } from '../trainer-setup.js';
import { wrapExecutor } from '../wrap.js';
import { noteAddress, rayControl } from './control.js';
import { expectOutput } from './far-folder.js';
import { farWorkplace } from './far-script.js';
import { UNSEEN } from './job-details.js';
import { LogMirror } from './log-mirror.js';
import { RayApi } from './ray-api.js';
import { RayQueue } from './ray-queue.js';
import { addressOf, excludesOf, type RayOptions, termsOf, workingDirOf } from './request.js';
import { BY_SHARED_FOLDER, BySending } from './way.js';

/** The id of the job, which hpo has given it. */
const JOB_ID = '"hpo-$HPO_TRIAL-$HPO_ATTEMPT_TOKEN"';
/** A cluster that answers knows its jobs. The whole log of a job that has ended is read before its end counts. */
const RAY_TIMES = { ...JOB_TIMES, goneMs: 30_000, visibleMs: 60_000 };

export const ray: ExecutorModule = {
  open: (setup, values) => makeRayExecutor(setup, values as unknown as RayOptions),
  control: rayControl,
  leftovers: leftoversInFiles(rayControl),
  submission: ({ dir, cwd, ...attempt }, values) => {
    const outputs = dirname(dirname(dirname(dir)));
    return makeQueue(values as unknown as RayOptions, { cwd, outputs }).submission(
      jobRequest(dir, attempt, cwd),
    );
  },
};

/**
 * Runs trials as jobs of Ray. Without a working_dir they share hpo's folder, as the jobs of other queues do. With one they share nothing:
 * what they write comes back by Ray, and nothing of them outlives them.
 */
export function makeRayExecutor(
  setup: TrainerSetup,
  options: RayOptions,
  jobTimes: JobTimes = RAY_TIMES,
): Executor {
  const sent = workingDirOf(options, setup.cwd);
  const queue = makeQueue(options, { cwd: setup.cwd, outputs: dirname(setup.studyDir) });
  if (sent !== null && setup.metrics?.path !== undefined)
    throw usageError(
      'executor.no-result-file',
      `expected metrics in the trainer's output with executor.working_dir, got the file ${setup.metrics.path}`,
      {
        fix: 'let the trainer print its metrics, or use a file system that the nodes share, without working_dir',
      },
    );
  const batch = makeBatchExecutor({
    kind: 'ray',
    queue,
    setup: sent === null ? setup : { ...setup, checkpoints: 'off' },
    ...(sent !== null && { workplace: farWorkplace(sent, setup.configFile) }),
    prologue: '',
    jobId: JOB_ID,
    jobTimes,
  });
  let hasRun = false;

  async function follow(
    attempt: RunnableAttempt,
    hooks: RunHooks,
    start: () => Promise<Outcome>,
  ): Promise<Outcome> {
    await queue.check();
    const dir = folderOf(attempt);
    const name = jobName(attempt);
    queue.follow(name);
    const mirror =
      sent === null ? null : new LogMirror({ queue, attempt, dir, warn: (message) => hooks.warn(message) });
    try {
      const outcome = await start();
      if (outcome.kind === 'infrastructure' && !hasRun) throwLasting(queue, name, outcome.reason);
      hasRun ||= outcome.kind === 'exited';
      return blameless(outcome);
    } finally {
      await mirror?.close();
      queue.forget(name);
    }
  }

  return wrapExecutor(batch, {
    run: (attempt, hooks) =>
      follow(attempt, hooks, () => {
        mkdirSync(folderOf(attempt), { recursive: true });
        noteAddress(folderOf(attempt), queue.api.address);
        return batch.run(attempt, hooks) as Promise<Outcome>;
      }),
    reattach: (attempt, hooks) =>
      handleKind(attempt.handle) === 'ray'
        ? follow(attempt, hooks, async () => {
            // Another host may have submitted it. What Ray does not know, nobody has.
            const mayExist = sent !== null && (await queue.refresh(jobName(attempt))) !== null;
            if (mayExist) expectOutput(folderOf(attempt), queue.api.address);
            return batch.reattach(attempt, hooks) as Promise<Outcome>;
          })
        : batch.reattach(attempt, hooks),
  });
}

function makeQueue(
  options: RayOptions,
  { cwd, outputs }: { readonly cwd: string; readonly outputs: string },
): RayQueue {
  const sent = workingDirOf(options, cwd);
  const way =
    sent === null
      ? BY_SHARED_FOLDER
      : new BySending({ folder: sent, own: [outputs], excludes: excludesOf(options.runtime_env) });
  return new RayQueue(new RayApi(addressOf(options)), termsOf(options), way);
}

/** Where Ray lost a job, Ray is to blame and not the trial: no retry is used. */
function blameless(outcome: Outcome): Outcome {
  if (outcome.kind === 'not-started' && /^(?:Ray knows no job|its job ended before)/.test(outcome.reason))
    return { kind: 'infrastructure', reason: outcome.reason };
  if (outcome.kind !== 'unknown' || outcome.lost === undefined) return outcome;
  return { ...outcome, infrastructureError: outcome.lost };
}

/**
 * Ends a sweep whose first jobs cannot begin, whatever their parameters.
 * @throws HpoError executor.unseen-folder or executor.refused.
 */
function throwLasting(queue: RayQueue, name: string, reason: string): void {
  if (reason.includes(UNSEEN))
    throw new HpoError(
      'executor.unseen-folder',
      `expected the nodes of Ray to see hpo's folder, got ${reason}`,
      {
        fix: 'write executor.working_dir: jobs then run in a copy of that folder, and share nothing with this machine',
      },
    );
  if (queue.known(name)?.errorType === 'RUNTIME_ENV_SETUP_FAILURE')
    throw new HpoError('executor.refused', reason, { fix: 'change executor.runtime_env in the sweep file' });
}
