import type { Slot } from '../../executors/executor.js';
import { canReattach } from '../../executors/handle.js';
import type { OpenedTrial, UnfinishedTrial } from '../../storage/storage.js';
import type { SweepOptions } from './sweep-options.js';

/**
 * Makes this process the owner of attempts whose orchestrator has ended, and yields each with its slot. Those that the
 * executor cannot follow, or another process took first, are left out.
 */
export async function* reattach(
  { study, slots, executor }: Pick<SweepOptions, 'study' | 'slots' | 'executor'>,
  orphans: readonly UnfinishedTrial[],
): AsyncGenerator<{ readonly opened: OpenedTrial; readonly slot: Slot }> {
  for (const { trial, attempt } of orphans) {
    if (!attempt || !canReattach(executor, attempt.handle)) continue;
    if (!(await study.storage.takeOverAttempt(attempt.id, attempt.owner, study.owner))) continue;
    const configurations = await study.configurations();
    const config = configurations.find(({ config: each }) => each.id === trial.configId)?.config;
    if (!config) continue;
    yield { opened: { trial, config, attempt }, slot: slots.reattach(attempt.device, attempt.token) };
  }
}
