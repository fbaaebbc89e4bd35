import type { Params } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { completePoint, inactiveNames } from '../../core/partial-params.js';
import { paramsKey } from '../../core/space.js';
import type { Study } from '../study.js';

/** @throws HpoError enqueue.useless (usage) for a whole configuration that would never be run. */
export async function assertEnqueueable(study: Study, point: Params): Promise<void> {
  const useless = (why: string) =>
    usageError('enqueue.useless', `expected a configuration to try, but ${why}`);
  const waiting = (await study.storage.waiting(study.id)).find(
    ({ fixed }) => paramsKey(fixed as Params) === paramsKey(point),
  );
  if (waiting) throw useless(`trial ${waiting.number} waits with the same`);
  const whole = completePoint(study.space, point);
  if (!whole) return;
  const inactive = inactiveNames(point, whole);
  if (inactive.length > 0) throw useless(`conditions leave out ${inactive.join(', ')} in it`);
  if (whole.forbidden) throw useless('a constraint forbids it');
  const key = paramsKey(whole.given);
  const held = (await study.view()).configs.find((config) => config.key === key);
  if (held) throw useless(`trial ${held.trials[0]?.number} has tried it`);
}
