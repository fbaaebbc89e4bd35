import type { FilledConfig, NewTrial, OpenedTrial, PartialParams } from '../storage.js';
import { addConfig, newConfig } from './asking.js';
import { frozenCopy } from './frozen.js';
import { studyOf, type Tables, type Trial } from './tables.js';
import { addTrialTo, newTrial, startTrial } from './trials.js';

/** @throws HpoError storage.no-study */
export function enqueue(
  tables: Tables,
  studyId: number,
  points: readonly PartialParams[],
): readonly number[] {
  const study = studyOf(tables, studyId);
  return points.map((fixed) => {
    const trial = newTrial(tables, study, frozenCopy(fixed));
    addTrialTo(tables, trial);
    study.unconfigured += 1;
    return trial.number;
  });
}

/** @throws HpoError storage.no-distribution */
export function claimEnqueued(
  tables: Tables,
  trialId: number,
  filled: FilledConfig,
  opening: NewTrial,
): OpenedTrial | 'taken' | 'duplicate' {
  const trial = waitingTrial(tables, trialId);
  if (!trial) return 'taken';
  if (trial.study.keys.has(filled.key)) return 'duplicate';
  const config = newConfig(tables, trial.study, -1, filled);
  const opened = startTrial(tables, trial, config, opening);
  addConfig(tables, config);
  trial.study.unconfigured -= 1;
  return opened;
}

export function rejectEnqueued(
  tables: Tables,
  trialId: number,
  reason: string,
  finishedAtMs: number,
): boolean {
  const trial = waitingTrial(tables, trialId);
  if (!trial) return false;
  Object.assign(trial, { state: 'fail', reason, startedAtMs: finishedAtMs, finishedAtMs });
  trial.study.unfinished.delete(trial);
  tables.noteChange(trial);
  return true;
}

function waitingTrial(tables: Tables, trialId: number): Trial | null {
  const trial = tables.trials.get(trialId);
  return trial?.state === 'waiting' ? trial : null;
}
