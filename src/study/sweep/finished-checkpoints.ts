import { messageOf } from '../../core/errors.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { toMinimization } from '../../core/objective-order.js';
import { crowdingDistances, nonDominatedRanks } from '../../core/pareto.js';
import { type Direction, isFinished } from '../../core/trial.js';
import type { Executor } from '../../executors/executor.js';
import { handleKind } from '../../executors/handle.js';
import type { AttemptStore } from '../../storage/storage.js';
import type { Configuration, StudyRows } from '../study-context.js';
import type { ViewTrial } from '../view-trial.js';
import type { SchedulingContext } from './sweep-context.js';
import type { SweepOptions } from './sweep-options.js';

/** What tells which checkpoints are still needed. */
export type FinishedContext = StudyRows<Pick<AttemptStore, 'attempts'>> &
  Pick<SchedulingContext, 'configurations' | 'view'>;

type Removing = Pick<SweepOptions, 'emit'> & {
  readonly study: FinishedContext;
  readonly executor: Pick<Executor, 'kind' | 'checkpoints'>;
};

/**
 * Removes the checkpoints of finished trials that are not among the best: those that the ranking has left behind, and those
 * that an orchestrator left when it was killed between the end of a trial and the removal. What cannot be removed is reported.
 */
export async function removeFinishedCheckpoints({ study, executor, emit }: Removing): Promise<void> {
  const { checkpoints, kind } = executor;
  if (checkpoints === null || checkpoints.kept === null) return;
  const numbers = await checkpoints.trials();
  if (numbers.length === 0) return;
  const { directions } = await study.view();
  const trials = (await study.configurations()).flatMap(({ trials: own }: Configuration) => own);
  const best = new Set(bestTrials(trials, directions, checkpoints.kept));
  for (const number of numbers) {
    const trial = trials.find((each) => each.number === number);
    if (trial === undefined || !isFinished(trial.state) || best.has(number)) continue;
    const last = (await study.storage.attempts({ trialId: trial.id })).at(-1);
    if (last === undefined || last.finishedAtMs === null || handleKind(last.handle) !== kind) continue;
    await checkpoints
      .discard({ trial: number, token: last.token, handle: last.handle })
      .catch((error: unknown) =>
        emit({
          type: 'warning',
          trial: number,
          message: `its checkpoints could not be removed: ${messageOf(error)}`,
        }),
      );
  }
}

/** Returns the numbers of the best complete trials; of several objectives, front by front, the most isolated first. */
export function bestTrials(
  trials: readonly ViewTrial[],
  directions: readonly Direction[],
  count: number,
): readonly number[] {
  if (count === 0) return [];
  const complete = trials.filter(
    ({ state, values, violations }) =>
      state === 'complete' && values !== null && isFeasible(violations ?? []),
  );
  const losses = complete.map(({ values }) => toMinimization(values, directions));
  const ranks = directions.length === 1 ? losses.map(([loss = 0]) => loss) : nonDominatedRanks(losses);
  const crowding = directions.length === 1 ? losses.map(() => 0) : crowdingDistances(losses);
  return complete
    .map(({ number }, k) => ({ number, rank: ranks[k] as number, crowding: crowding[k] as number }))
    .sort((a, b) => compare(a.rank, b.rank) || compare(b.crowding, a.crowding) || a.number - b.number)
    .slice(0, count)
    .map(({ number }) => number);
}

/** The difference of two infinities would be NaN. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
