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
import { EitherQueue } from './either-queue.js';
import { requestArgs, type SlurmOptions } from './request.js';
import { SlurmQueue } from './slurm-queue.js';
import { StepQueue } from './step-queue.js';

/** The id of a job, and of the step inside it where the trainer is one. */
const JOB_ID = '"$SLURM_JOB_ID${SLURM_STEP_ID:+.$SLURM_STEP_ID}"';

/** What is known of an attempt from anywhere: its job's id says whether it is a step. */
const control = makeBatchControl(new EitherQueue());

export const slurm: ExecutorModule = {
  open: makeSlurmExecutor,
  control,
  leftovers: leftoversInFiles(control),
  submission: (attempt, values) => queueOf(values).submission(jobRequest(attempt.dir, attempt, attempt.cwd)),
};

function makeSlurmExecutor(setup: TrainerSetup, values: OptionValues): Executor {
  const { modules, prologue } = values as unknown as SlurmOptions;
  return makeBatchExecutor({
    kind: 'slurm',
    queue: queueOf(values),
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
