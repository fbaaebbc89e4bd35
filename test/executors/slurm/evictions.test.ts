import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunnableAttempt } from '../../../src/executors/executor.js';
import { attemptFolder } from '../../../src/executors/handle.js';
import { describeWithReal } from '../../support/real-part.js';
import { slurm, startAgain, useSlurm } from '../../support/slurm.js';
import { makeAttempt, Recorder, tempDir, until } from '../local/harness.js';
import { makeSlurm } from './harness.js';

/** Trains three epochs and saves after each. Without a checkpoint it waits after the second. It notes a warning. */
const RESUMES = `
trap 'echo warned' USR2
s=$(cat "$HPO_CHECKPOINT_DIR/epoch" 2>/dev/null || echo 0)
for ((e = s + 1; e <= 3; e++)); do
  echo METRIC epoch=$e loss=0.$e
  echo $e > "$HPO_CHECKPOINT_DIR/epoch"
  [ $e != 2 ] || [ $s != 0 ] || until [ -e go ]; do sleep 0.1; done
done`;

const logOf = ({ handle }: RunnableAttempt) => {
  const file = join(attemptFolder(handle) ?? '', 'log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const idOf = ({ handle }: RunnableAttempt) =>
  readFileSync(join(attemptFolder(handle) ?? '', 'job-id'), 'utf8').trim();

describeWithReal('slurm', 'a job that SLURM takes back', () => {
  useSlurm([
    'PreemptType=preempt/partition_prio',
    'PreemptMode=REQUEUE',
    'PartitionName=urgent Nodes=n1,n2 PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE State=UP',
  ]);

  /** Starts a trial and waits until it has trained two epochs. */
  async function trained() {
    const outputs = tempDir();
    const executor = makeSlurm(outputs, RESUMES, { setup: { checkpoints: 'keep' }, options: { cpus: 8 } });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(2);
    return { outputs, attempt, hooks, outcome };
  }
  const startedAgain = (attempt: RunnableAttempt) =>
    startAgain(idOf(attempt), () => logOf(attempt).includes('begins again'));

  it('for an urgent one continues from its checkpoint, in the same attempt', async () => {
    const { attempt, hooks, outcome } = await trained();
    slurm(
      'sbatch',
      '--partition=urgent',
      '--nodes=2',
      '--exclusive',
      '--output=/dev/null',
      '--wrap=sleep 0.5',
    );
    await startedAgain(attempt);
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(hooks.warnings).toEqual([]);
  });

  it('is warned before by USR2, which reaches a trainer that handles it', async () => {
    const { outputs, attempt, outcome } = await trained();
    // As SLURM sends it before a time limit: to the script alone.
    slurm('scancel', '--batch', '--signal=USR2', idOf(attempt));
    await until(() => logOf(attempt).includes('warned'));
    writeFileSync(join(outputs, 'go'), '');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
  });

  it('since its node is lost continues from its checkpoint on another one', async () => {
    const { attempt, hooks, outcome } = await trained();
    const host = slurm('squeue', '--noheader', `--jobs=${idOf(attempt)}`, '--format=%N');
    slurm('scontrol', 'update', `NodeName=${host}`, 'State=DOWN', 'Reason=test');
    await startedAgain(attempt);
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points.map(({ step }) => step)).toEqual([1, 2, 3]);
  });
});
