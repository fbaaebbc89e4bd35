import type { Executor } from '../../executors/executor.js';
import { pausedEndEvent, pausedEnding } from '../paused-ending.js';
import type { DropContext } from './sweep-context.js';
import type { SweepOptions } from './sweep-options.js';

type Dropping = Pick<SweepOptions, 'emit' | 'now'> & {
  readonly study: DropContext;
  readonly executor: Pick<Executor, 'checkpoints'>;
};

/**
 * Ends the trials that are still paused when a sweep has ended by itself: they become PRUNED with their last value, and their
 * checkpoints are removed. While another orchestrator runs a trial of the study, it may continue them, so they stay.
 */
export async function dropPaused({ study, executor, emit, now }: Dropping): Promise<void> {
  if (study.scheduler === null) return;
  const { storage, id } = study;
  const unfinished = await storage.unfinished(id, 'running');
  if (unfinished.some(({ attempt }) => attempt !== null && attempt.finishedAtMs === null)) return;
  for (const { trial, attempt } of unfinished) {
    if (trial.pausedAt === null || attempt === null) continue;
    const reason = `paused at step ${trial.pausedAt}, and not continued`;
    const finishedAtMs = attempt.finishedAtMs ?? now();
    const ending = await pausedEnding(study, trial, { reason, finishedAtMs });
    if (!(await study.tell(trial.id, null, ending))) continue;
    await executor.checkpoints?.discard({
      trial: trial.number,
      token: attempt.token,
      handle: attempt.handle,
    });
    emit(pausedEndEvent(trial.number, ending, attempt.startedAtMs));
  }
}
