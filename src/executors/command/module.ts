import type { OptionValues } from '../../core/component-options.js';
import { usageError } from '../../core/errors.js';
import { makeBatchControl } from '../batch/batch-control.js';
import { makeBatchExecutor } from '../batch/batch-executor.js';
import type { BatchQueue } from '../batch/batch-queue.js';
import { jobRequest } from '../batch/job-files.js';
import { prologueText } from '../batch/job-script.js';
import type { Executor } from '../executor.js';
import { leftoversInFiles } from '../local/discard-unkept.js';
import type { ExecutorModule } from '../registry.js';
import type { TrainerSetup } from '../trainer-setup.js';
import { CommandQueue, type QueueCommands } from './command-queue.js';

type CommandOptions = QueueCommands & {
  readonly job_id: string;
  readonly modules: readonly string[];
  readonly prologue: string;
};

/** Where schedulers say a job's id inside it. Without any, the process on its host names it. */
const JOB_ID =
  '"${PBS_JOBID:-${LSB_JOBID:-${JOB_ID:-${_CONDOR_JOB_AD:+$(basename "${_CONDOR_SCRATCH_DIR:-$$}")}}}}"\n[ -n "$HPO_JOB_ID" ] || HPO_JOB_ID=$$@$(uname -n)';

const NAMES: Readonly<Record<keyof QueueCommands, readonly string[]>> = {
  submit: ['script', 'name', 'output', 'cwd'],
  status: ['id', 'name'],
  cancel: ['id', 'name'],
};

/**
 * Without a sweep nobody knows the commands. The files of an attempt say whether it has ended, and keep one from beginning; a
 * sweep that runs obeys what is asked of it.
 */
const UNKNOWN_QUEUE: BatchQueue = {
  title: 'the queue',
  submit: async () => ({ kind: 'refused', reason: 'nothing is submitted without a sweep' }),
  look: async () => null,
  end: async () => {},
};

const control = makeBatchControl(UNKNOWN_QUEUE, { times: { graceMs: 0, killWaitMs: 0 } });

export const command: ExecutorModule = {
  open: makeCommandExecutor,
  control,
  leftovers: leftoversInFiles(control),
  submission: (attempt, values) =>
    new CommandQueue(checked(values)).submission(jobRequest(attempt.dir, attempt, attempt.cwd)),
};

function makeCommandExecutor(setup: TrainerSetup, values: OptionValues): Executor {
  const { modules, prologue, job_id, ...commands } = checked(values);
  return makeBatchExecutor({
    kind: 'command',
    queue: new CommandQueue(commands),
    setup,
    prologue: prologueText(modules, prologue),
    jobId: job_id === '' ? JOB_ID : `"$${job_id}"`,
  });
}

/** @throws HpoError (usage) executor.missing-command, executor.unknown-placeholder, executor.bad-variable. */
function checked(values: OptionValues): CommandOptions {
  const options = values as unknown as CommandOptions;
  for (const [name, known] of Object.entries(NAMES) as [keyof QueueCommands, readonly string[]][]) {
    const list = known.map((each) => `\${${each}}`).join(', ');
    if (options[name].length === 0)
      throw usageError('executor.missing-command', `expected executor.${name} to be a command, got none`, {
        fix: `write it as a list of words; it may have ${list}`,
      });
    for (const [whole, placeholder = ''] of options[name].join(' ').matchAll(/\$\{(\w+)\}/g))
      if (!known.includes(placeholder))
        throw usageError(
          'executor.unknown-placeholder',
          `expected one of ${list} in executor.${name}, got ${whole}`,
        );
  }
  if (!options.submit.some((word) => word.includes('${script}')))
    throw usageError(
      'executor.missing-command',
      'expected ${script} among the words of executor.submit, got none',
    );
  if (options.job_id !== '' && !/^[A-Za-z_]\w*$/.test(options.job_id))
    throw usageError(
      'executor.bad-variable',
      `expected executor.job_id to name a variable, got ${JSON.stringify(options.job_id)}`,
    );
  return options;
}
