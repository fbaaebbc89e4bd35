import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type OptionValues, withDefaults } from '../../../src/core/component-options.js';
import { command } from '../../../src/executors/command/module.js';
import { COMMAND_OPTIONS } from '../../../src/executors/command/options.js';
import type { Executor } from '../../../src/executors/executor.js';
import { describeWithReal } from '../../support/real-part.js';
import { useSlurm } from '../../support/slurm.js';
import { describeExecutor, HANGS, SAVES } from '../conformance.js';
import { makeAttempt, makeSetup, Recorder, tempDir } from '../local/harness.js';

/** SLURM by its commands alone: what hpo knows of it besides is not used. */
const BY_COMMANDS = {
  submit: ['sbatch', '--mem=50M', '--job-name=${name}', '--output=${output}', '--chdir=${cwd}', '${script}'],
  status: ['squeue', '--noheader', '--jobs=${id}', '--states=PENDING,RUNNING,COMPLETING'],
  cancel: ['scancel', '--full', '--signal=TERM', '${id}'],
  job_id: 'SLURM_JOB_ID',
};

function makeCommand(
  program: string,
  options: OptionValues = BY_COMMANDS,
  outputs = tempDir(),
): () => Executor {
  const setup = { ...makeSetup(outputs, ['/bin/bash', '-c', program]), checkpoints: 'remove' as const };
  return () => command.open(setup, withDefaults(COMMAND_OPTIONS, options));
}

describeWithReal('slurm', 'a scheduler by its commands', () => {
  useSlurm();
  describeExecutor(
    'command',
    {
      kind: 'command',
      make: (what) => makeCommand(what === 'ends' ? SAVES : HANGS),
      hasCheckpoints: true,
      outlivesPrograms: true,
      hasLogs: true,
      leavesExitCode: true,
    },
    (executor) => executor,
  );

  it('finds the id of a job in whatever sentence the scheduler prints', async () => {
    const outputs = tempDir();
    writeFileSync(
      join(outputs, 'submit.sh'),
      'id=$(sbatch --parsable --mem=50M --job-name="$1" --output="$2" "$3"); echo "Your job $id (\\"$1\\") has been submitted."',
    );
    const submit = ['bash', join(outputs, 'submit.sh'), '${name}', '${output}', '${script}'];
    const executor = makeCommand(SAVES, { ...BY_COMMANDS, submit }, outputs)();
    const attempt = makeAttempt(executor);
    expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'exited', exitCode: 0 });
  });
});

describe('the commands of a scheduler', () => {
  it.each([
    [{ ...BY_COMMANDS, submit: [] }, /executor.submit to be a command/],
    [{ ...BY_COMMANDS, submit: ['qsub', 'x.sh'] }, /\$\{script\} among the words/],
    [
      { ...BY_COMMANDS, cancel: ['qdel', '${jobid}'] },
      /\$\{id\}, \$\{name\} in executor.cancel, got \$\{jobid\}/,
    ],
    [{ ...BY_COMMANDS, job_id: 'A-B' }, /job_id to name a variable/],
  ])('are refused where they cannot work (%#)', (options, message) => {
    expect(makeCommand('true', options)).toThrow(message);
  });
});
