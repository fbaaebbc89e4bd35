import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { validate } from '../core/partial-params.js';
import type { TrialStore } from '../storage/storage.js';
import { assertEnqueueable } from '../study/ask/enqueue-validation.js';
import type { StudyRows } from '../study/study-context.js';
import { refuseUnknown } from './arguments.js';
import type { Control, OpenedStudy } from './control.js';

export const enqueue: Control<Params> = {
  name: 'enqueue',
  summary:
    'Queue a configuration, whole or in part: the sampler chooses what is left open. A running sweep picks it up.',
  arguments: [
    {
      name: 'parameters',
      type: 'parameters',
      required: true,
      help: 'parameters with their values; the sampler chooses the others',
    },
  ],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    const { parameters } = raw;
    if (typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters))
      return parameters as Params;
    throw usageError('control.argument', 'expected parameters: a value for each parameter');
  },
  async apply({ study, openStudy }, point) {
    const trial = await enqueuePoint(await openStudy(), point);
    return {
      text: `trial ${trial} waits with ${pairsText(point)}`,
      data: { study: study.name, trial, params: point },
    };
  },
};

/**
 * Checks and queues one point, whole or in part. Returns the number of its trial.
 * @throws HpoError (usage) enqueue.bad-value, and as `assertEnqueueable`.
 */
export async function enqueuePoint(study: OpenedStudy, point: Params): Promise<number> {
  // Where the objective names its parameters, the space may not be known yet.
  if (!study.spec.defineByRun) {
    const problem = validate(study.space, point);
    if (problem !== null) throw usageError('enqueue.bad-value', `expected ${problem}`);
    await assertEnqueueable(study, point);
  }
  const [trial] = await enqueuePoints(study, [point]);
  return trial as number;
}

/** Queues points that were checked. Returns the numbers of their trials. */
export function enqueuePoints(
  { storage, id }: StudyRows<TrialStore>,
  points: readonly Params[],
): Promise<readonly number[]> {
  return storage.enqueue(id, points);
}

function pairsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
