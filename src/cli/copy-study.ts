import { usageError } from '../core/errors.js';
import type { Storage } from '../storage/storage.js';
import { print, printJson } from './output.js';
import { withStorage } from './studies.js';

export type CopyOptions = {
  readonly storage: string;
  readonly to: string;
  readonly as?: string;
  readonly json?: boolean;
};

/** `hpo study copy`: copies a study with everything that is stored of it, to another database or under another name. */
export async function copyStudy(name: string, { storage, to, as = name, json }: CopyOptions): Promise<void> {
  await withStorage(storage, 'read', async (from) => {
    const study = await from.findStudy(name);
    if (!study)
      throw usageError('study.not-found', `no study ${name} in ${from.url}`, { fix: 'see hpo study list' });
    const rows = await from.readStudyRows(study.id);
    await withStorage(to, 'create', async (target) => {
      const copied = await target.writeStudyRows(as, rows);
      const requeued = await separate(target, copied, study.uid);
      const trials = rows.rows.trials?.length ?? 0;
      if (json) return printJson({ study: as, storage: target.url, trials, requeued });
      const again =
        requeued === 0 ? '' : `; ${requeued} of them run or rest in the original, and are queued in the copy`;
      print(`copied study ${name} with ${trials} trials to ${as} in ${target.url}${again}`);
    });
  });
}

/** Makes the copy a study of its own. Its running trials belong to the original. Returns how many are queued again. */
async function separate(storage: Storage, studyId: number, uid: string | null): Promise<number> {
  // A study of another program has no uid yet.
  if (uid === null) return 0;
  const separated = await storage.separateCopy(studyId, uid, {
    exitCode: null,
    reason: 'not counted: it belongs to the study that this one is a copy of',
    cause: 'interrupted',
    finishedAtMs: Date.now(),
  });
  return separated?.requeued ?? 0;
}
