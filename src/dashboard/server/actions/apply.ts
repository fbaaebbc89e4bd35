import type { Control } from '../../../control/control.js';
import { checkpointsHere, type IdleCheckpoints } from '../../../executors/study-outputs.js';
import { placeText } from '../../../storage/place.js';
import type { Storage, StudyRecord } from '../../../storage/storage.js';
import { openStudy } from '../../../study/open-study.js';
import type { ControlAnswer } from '../../protocol.js';
import type { Dashboard, DashboardOptions } from '../dashboard.js';
import { noStudy } from '../data/open-studies.js';
import { Refusal } from '../http/refusal.js';
import { allowedActions } from './allowed.js';

/** Checks the arguments of a control and stores its command, as its command on the command line does. */
export async function applyControl<A>(
  { database, options }: Dashboard,
  name: string,
  control: Control<A>,
  raw: Readonly<Record<string, unknown>>,
): Promise<ControlAnswer> {
  const args = control.parse(raw);
  return database.write(async (storage) => {
    const study = await findStudy(storage, name);
    if (!allowedActions(study).includes(control.name)) throw notAllowed(study.name, control.name);
    const checkpoints = idleCheckpoints(options, storage, study);
    return control.apply(
      {
        storage,
        study,
        nowMs: Date.now(),
        hasCheckpoint: checkpoints.exist,
        discardCheckpoint: checkpoints.discard,
        openStudy: () => openStudy(storage, study),
      },
      args,
    );
  });
}

/** Returns the checkpoints of a study's trials that nothing runs, where this machine sees them. */
export function idleCheckpoints(
  { attemptsHere }: Pick<DashboardOptions, 'attemptsHere'>,
  storage: Storage,
  study: StudyRecord,
): IdleCheckpoints {
  const owner = { uid: study.uid, database: placeText(storage.place) };
  return checkpointsHere(owner, attemptsHere(storage, study));
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
