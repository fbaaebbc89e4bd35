import type { OpenedTrial } from '../storage.js';
import { Series } from './series.js';
import type { Study, Tables, Trial } from './tables.js';
import { toTrialRecord } from './trials.js';

/** Returns whether a trial of the study is paused. */
export function isPaused(trial: Trial | undefined, study: Study): trial is Trial {
  if (trial === undefined || trial.study !== study) return false;
  return trial.state === 'running' && trial.pausedAt !== null && trial.attempt?.finishedAtMs !== null;
}

/** Gives a new trial what its parent has reported at steps, as a further attempt would inherit it. */
export function continueParent(tables: Tables, opened: OpenedTrial, parent: Trial): OpenedTrial {
  const trial = tables.trials.get(opened.trial.id) as Trial;
  for (const [name, series] of parent.metrics) {
    const copy = stepsOf(series);
    if (!copy.isEmpty) trial.metrics.set(name, copy);
  }
  trial.objective = stepsOf(parent.objective);
  trial.inheritsObjective = !trial.objective.isEmpty;
  const inherited = Object.freeze([...trial.metrics.keys()].sort());
  const attempt = opened.attempt && tables.setAttempt(trial, { ...opened.attempt, inherited });
  return { ...opened, trial: toTrialRecord(trial), attempt };
}

function stepsOf(series: Series): Series {
  const copy = new Series();
  for (const [step, value] of series.steps()) copy.set(step, value);
  return copy;
}
