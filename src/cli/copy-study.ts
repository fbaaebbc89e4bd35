import { usageError } from '../core/errors.js';
import type { EndedAttempt } from '../storage/storage.js';
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
      const separation = study.uid === null ? null : { uid: study.uid, ended: endedAttempt() };
      const requeued = await target.writeStudyRows(as, rows, separation);
      const trials = rows.rows.trials?.length ?? 0;
      if (json) return printJson('study-copy', { study: as, storage: target.url, trials, requeued });
      const again =
        requeued === 0 ? '' : `; ${requeued} of them run or rest in the original, and are queued in the copy`;
      print(`copied study ${name} with ${trials} trials to ${as} in ${target.url}${again}`);
    });
  });
}

/** How running attempts of the original end in a copy, which is a study of its own. A study of another program has no uid yet. */
function endedAttempt(): EndedAttempt {
  return {
    exitCode: null,
    reason: 'not counted: it belongs to the study that this one is a copy of',
    cause: 'interrupted',
    finishedAtMs: Date.now(),
  };
}
