import { kneeOf } from '../core/knee.js';
import { toMinimization } from '../core/objective-order.js';
import type { Objective } from '../core/spec.js';
import type { RankedConfiguration } from './results-model.js';

/** Returns the configuration at the knee of a whole front; null where it has none. */
export function kneeIn(
  front: readonly RankedConfiguration[],
  objectives: readonly Objective[],
): RankedConfiguration | null {
  const directions = objectives.map(({ direction }) => direction);
  const at = kneeOf(front.map(({ values }) => toMinimization(values, directions)));
  return at === null ? null : (front[at] as RankedConfiguration);
}
