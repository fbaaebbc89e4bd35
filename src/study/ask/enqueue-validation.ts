import { canComplete } from '../../core/allowed/place.js';
import type { Params } from '../../core/distribution.js';
import { type HpoError, usageError } from '../../core/errors.js';
import { completePoint, inactiveNames } from '../../core/partial-params.js';
import { paramsKey, type Space } from '../../core/space.js';
import type { TrialStore } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';
import type { AskContext } from './ask-context.js';

/** What a point is compared with before it is enqueued. */
export type EnqueueContext = StudyRows<TrialStore> & Pick<AskContext, 'history'> & { readonly space: Space };

/** @throws HpoError (usage) enqueue.duplicate, enqueue.inactive or enqueue.forbidden for a configuration that would never run. */
export async function assertEnqueueable(study: EnqueueContext, point: Params): Promise<void> {
  const waiting = (await study.storage.unfinished(study.id, 'waiting')).find(
    ({ enqueued }) => paramsKey((enqueued ?? {}) as Params) === paramsKey(point),
  );
  if (waiting) throw refusal('duplicate', `trial ${waiting.trial.number} waits with the same`);
  const whole = completePoint(study.space, point);
  if (!whole && !canComplete(study.space, point)) throw refusal('forbidden', 'a constraint forbids it');
  if (!whole) return;
  const inactive = inactiveNames(point, whole);
  if (inactive.length > 0) throw refusal('inactive', `conditions leave out ${inactive.join(', ')} in it`);
  if (whole.forbidden) throw refusal('forbidden', 'a constraint forbids it');
  const key = paramsKey(whole.given);
  const { view } = await study.history();
  const duplicate = view.configs.find((config) => config.key === key);
  if (duplicate) throw refusal('duplicate', `trial ${duplicate.trials[0]?.number} has tried it`);
}

function refusal(why: 'duplicate' | 'inactive' | 'forbidden', reason: string): HpoError {
  return usageError(`enqueue.${why}`, `expected a configuration to try, but ${reason}`);
}
