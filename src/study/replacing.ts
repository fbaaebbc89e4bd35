import { usageError } from '../core/errors.js';
import { isResult } from '../core/objective-value.js';
import { paramsKey } from '../core/space.js';
import type { Objective, StudySpec } from '../core/spec.js';
import type { ObjectiveChange, Recomputed, Storage, StoredSeries } from '../storage/storage.js';
import { MetricSeries } from './attempt/metric-series.js';
import { changedChoices } from './choice-changes.js';
import { directionsOf, toStoredSpec } from './stored-spec.js';

/**
 * Replaces the stored specification. When the new one reads the objectives from other metrics, or in another way, the
 * objectives of all finished trials are computed again from the stored metrics in the same transaction: a value of one metric
 * never stays under the name of another. Returns null when the objectives stay the same.
 */
export async function replaceSpec(
  storage: Storage,
  studyId: number,
  stored: StudySpec,
  spec: StudySpec,
): Promise<Recomputed | null> {
  if (JSON.stringify(spec) === JSON.stringify(stored)) return null;
  const before = new Set(stored.initialPoints.map((point) => paramsKey(point)));
  const enqueued = spec.initialPoints.filter((point) => !before.has(paramsKey(point)));
  const directions = directionsOf(spec);
  const whole = toStoredSpec(spec);
  const change = { directions, enqueued, choices: changedChoices(stored.space, spec.space) };
  if (!readsOtherwise(stored, spec)) {
    await storage.updateStudy(studyId, whole, change);
    return null;
  }
  await refuseWhileRunning(storage, studyId);
  const objectives: ObjectiveChange = {
    before: stored.objectives.map(({ metric }) => metric),
    now: spec.objectives.map(({ metric }) => metric),
    values: (trial, series) =>
      spec.objectives.map((objective, k) => objectiveOf(objective, trial, series[k] as StoredSeries)),
  };
  return storage.updateStudy(studyId, whole, { ...change, objectives });
}

/** @throws HpoError study.running (usage): another hpo would store reports by the old objectives. */
async function refuseWhileRunning(storage: Storage, studyId: number): Promise<void> {
  const running = (await storage.unfinished(studyId)).find(
    ({ attempt }) => attempt?.finishedAtMs === null && storage.liveness.judge(attempt.owner) !== 'ended',
  );
  if (!running) return;
  throw usageError(
    'study.running',
    `another hpo runs trial ${running.trial.number} of the study with the old objective`,
    { fix: 'wait until it ends, or stop it (Ctrl-C), then change the objective' },
  );
}

/** Returns whether values of the objectives change. The direction matters only when the value is the best of the steps. */
function readsOtherwise(stored: StudySpec, spec: StudySpec): boolean {
  return spec.objectives.some((now, k) => {
    const before = stored.objectives[k];
    return (
      before?.metric !== now.metric ||
      before.reduce !== now.reduce ||
      (now.reduce === 'best' && before.direction !== now.direction)
    );
  });
}

/** A finished trial. `withoutAttempt`: no attempt of hpo ran it, so its final value was reported by its asker or another program. */
type EndedTrial = { readonly state: 'complete' | 'pruned'; readonly withoutAttempt: boolean };

/** Returns the value that an objective of a finished trial has now. A value that an asker recorded stays as it is. */
function objectiveOf(
  objective: Objective,
  { state, withoutAttempt }: EndedTrial,
  { steps, final }: StoredSeries,
): number | null {
  const track = new MetricSeries(objective);
  const name = objective.metric;
  for (const [step, value] of steps) track.note({ name, step, value });
  if (final !== null) track.note({ name, step: null, value: final });
  const ended = withoutAttempt && final !== null ? final : track.value();
  const value = state === 'pruned' ? (track.lastFeasible() ?? ended) : ended;
  return value !== null && isResult(value, objective.direction) ? value : null;
}

/** Describes what was computed again, with `1 of 4 trials has no stored acc` for each metric that some trials lack. */
export function recomputedText({ trials, without }: Recomputed, { objectives }: StudySpec): string {
  const missing = objectives.flatMap(({ metric }, k) => {
    const count = without[k] ?? 0;
    return count === 0
      ? []
      : [`${count} of ${trials} trials ${count === 1 ? 'has' : 'have'} no stored ${metric}`];
  });
  const names = objectives.map(({ metric }) => metric).join(' and ');
  const done = `the objectives of the finished trials were computed again from their stored ${names}`;
  return missing.length === 0 ? done : `${done}; ${missing.join(', ')}, and so no objective`;
}
