import { HpoError, usageError } from '../../../core/errors.js';
import type { Storage, StudyRecord } from '../../../storage/storage.js';
import { deleteStudy as deleteStored } from '../../../study/delete-study.js';
import type { ControlAnswer } from '../../protocol.js';
import type { Dashboard } from '../dashboard.js';
import { findStudy, idleCheckpoints } from './apply.js';

type Body = Readonly<Record<string, unknown>>;

/** Gives a study another name. Its outputs stay what they are. */
export async function renameStudy(
  dashboard: Dashboard,
  from: string,
  { name }: Body,
): Promise<ControlAnswer> {
  if (typeof name !== 'string') throw usageError('study.name', 'expected name: a text');
  await dashboard.database.write(async (storage) => {
    const study = await findStudy(storage, from);
    await refuseRunning(storage, study);
    await storage.renameStudy(study.id, name);
  });
  dashboard.studies.forget(from);
  return { text: `study ${from} is called ${name} now`, data: { study: name } };
}

/** Deletes a study with its trials, and the checkpoints of unfinished ones. Logs and tables stay, as with `hpo study delete`. */
export async function deleteStudy(
  dashboard: Dashboard,
  name: string,
  { confirm }: Body,
): Promise<ControlAnswer> {
  if (confirm !== name)
    throw usageError('study.delete-unconfirmed', 'expected confirm: the name of the study', {
      fix: 'its trials would be gone for good',
    });
  const { removed, failures } = await dashboard.database.write(async (storage) => {
    const study = await findStudy(storage, name);
    await refuseRunning(storage, study);
    const { discard, discardCopies } = idleCheckpoints(dashboard.options, storage, study);
    return deleteStored({ storage, studyId: study.id, discard, discardCopies });
  });
  dashboard.studies.forget(name);
  const also = removed === 0 ? '' : `, and the checkpoints of ${removed} unfinished trials`;
  const text = [`study ${name} is deleted${also}`, ...failures].join('; ');
  return { text, data: { study: name } };
}

async function refuseRunning(storage: Storage, { id, name }: StudyRecord): Promise<void> {
  const owners = await storage.owners(id);
  if (!owners.some((owner) => storage.liveness.judge(owner) === 'alive')) return;
  throw new HpoError('study.running', `a sweep of ${name} runs`, {
    fix: 'pause it or end it first',
    usage: true,
  });
}
