import type { OptionValues } from '../../core/component-options.js';
import { usageError } from '../../core/errors.js';
import { makeBatchControl } from '../batch/batch-control.js';
import { makeBatchExecutor } from '../batch/batch-executor.js';
import { jobRequest } from '../batch/job-files.js';
import { prologueText } from '../batch/job-script.js';
import type { Executor } from '../executor.js';
import { leftoversInFiles } from '../local/discard-unkept.js';
import type { ExecutorModule } from '../registry.js';
import type { TrainerSetup } from '../trainer-setup.js';
import { ArrayQueue, arrayRequest } from './array-queue.js';
import { EitherQueue } from './either-queue.js';
import { requestArgs, type SlurmOptions } from './request.js';
import { SlurmQueue } from './slurm-queue.js';
import { StepQueue } from './step-queue.js';

/**
 * The id of a job, or of a task of an array (one of them has the job id of the whole array), and of the step inside it where the
 * trainer is one.
 */
const JOB_ID =
  '"${SLURM_ARRAY_TASK_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}${SLURM_STEP_ID:+.$SLURM_STEP_ID}"';

/** What is known of an attempt from anywhere: its job's id says whether it is a step. */
const control = makeBatchControl(new EitherQueue());

export const slurm: ExecutorModule = {
  open: makeSlurmExecutor,
  control,
  leftovers: leftoversInFiles(control),
  submission(attempt, values) {
    const queue = queueOf(values);
    const job = jobRequest(attempt.dir, attempt, attempt.cwd);
    const { arrays } = values as unknown as SlurmOptions;
    const tasks = arrays ? attempt.together : 1;
    return tasks > 1 && queue instanceof SlurmQueue
      ? queue.submission(arrayRequest(job, 'TOKEN'), tasks)
      : queue.submission(job);
  },
};

function makeSlurmExecutor(setup: TrainerSetup, values: OptionValues): Executor {
  const { modules, prologue, arrays } = values as unknown as SlurmOptions;
  const queue = queueOf(values);
  const isTogether = arrays && !setup.readsResults && queue instanceof SlurmQueue;
  return makeBatchExecutor({
    kind: 'slurm',
    queue: isTogether ? new ArrayQueue(queue) : queue,
    setup,
    prologue: prologueText(modules, prologue),
    jobId: JOB_ID,
  });
}

function queueOf(values: OptionValues): SlurmQueue | StepQueue {
  const options = values as unknown as SlurmOptions;
  return isInStep(options)
    ? new StepQueue(requestArgs(options, 'step'))
    : new SlurmQueue(requestArgs(options, 'job'));
}

/**
 * Returns whether trials run as steps of the allocation around hpo.
 * @throws HpoError executor.no-allocation (usage) where steps are asked for outside one.
 */
function isInStep({ mode }: SlurmOptions): boolean {
  const isInside = process.env.SLURM_JOB_ID !== undefined;
  if (mode === 'step' && !isInside)
    throw usageError(
      'executor.no-allocation',
      'expected an allocation around hpo with mode: step, got none',
      {
        fix: 'start hpo inside one (salloc, or a script for sbatch), or remove the mode',
      },
    );
  return mode === 'step' || (mode === 'auto' && isInside);
}
