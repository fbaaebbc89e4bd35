import type { Control } from '../../../control/control.js';
import { controlOf } from '../../../executors/registry.js';
import { discardLeft } from '../../../executors/study-outputs.js';
import { placeText } from '../../../storage/place.js';
import type { Storage, StudyRecord } from '../../../storage/storage.js';
import { openStudy } from '../../../study/open-study.js';
import type { CheckpointCheck } from '../../../study/reopen-failed.js';
import type { ControlAnswer } from '../../protocol.js';
import type { Dashboard } from '../dashboard.js';
import { noStudy } from '../data/open-studies.js';
import { Refusal } from '../http/refusal.js';
import { allowedActions } from './allowed.js';

/** Checks the arguments of a control and stores its command, as its command on the command line does. */
export async function applyControl<A>(
  { database }: Dashboard,
  name: string,
  control: Control<A>,
  raw: Readonly<Record<string, unknown>>,
): Promise<ControlAnswer> {
  const args = control.parse(raw);
  return database.write(async (storage) => {
    const study = await findStudy(storage, name);
    if (!allowedActions(study).includes(control.name)) throw notAllowed(study.name, control.name);
    return control.apply(
      {
        storage,
        study,
        nowMs: Date.now(),
        hasCheckpoint: async (attempt) => {
          const executor = await controlOf(attempt.handle);
          return (await executor?.checkpoints?.exist(attempt)) ?? false;
        },
        discardCheckpoint: discarder(storage, study),
        openStudy: () => openStudy(storage, study),
      },
      args,
    );
  });
}

/** Returns what removes the checkpoints of a study's trials that nothing runs. */
export function discarder({ place }: Pick<Storage, 'place'>, { uid }: StudyRecord): CheckpointCheck {
  return (attempt) => discardLeft(attempt, { uid, database: placeText(place) });
}

export async function findStudy(storage: Storage, name: string): Promise<StudyRecord> {
  const study = await storage.findStudy(name);
  if (study) return study;
  throw noStudy(name);
}

function notAllowed(study: string, action: string): Refusal {
  return new Refusal(
    409,
    'study.foreign',
    `expected a study of hpo for ${action}, but another program made ${JSON.stringify(study)}`,
    { fix: 'continue it with hpo optimize --study NAME first' },
  );
}
