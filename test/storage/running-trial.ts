import type { Storage } from '../../src/storage/storage.js';
import { ask, attemptOf, newStudy } from './support.js';

/** A reported value of the objective. */
export const loss = (step: number | null, value: number) => ({ name: 'loss', step, value, objective: true });

/** A study with one running trial; `steps` reads what it has reported of the objective. */
export async function running(storage: Storage) {
  const study = await newStudy(storage);
  const asked = await ask(storage, study.id, { lr: 0.1 });
  const steps = async () => {
    const { trials } = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    return [...(trials[0]?.steps ?? [])];
  };
  return { study, trialId: asked.trial.id, attemptId: attemptOf(asked), steps };
}
