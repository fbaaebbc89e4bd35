import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../core/package-file.js';
import type { ImportanceResult, Judge } from '../../dashboard/server/data/importance-task.js';

/** More memory than a sample of configurations ever needs. */
const MEMORY_MB = 96;

/** Finds importances in another thread, which ends when it is done. */
export const judgeApart: Judge = async (task) => {
  const worker = new Worker(packageFile('dist/dashboard/server/importance-worker.js'), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  try {
    const [result] = (await once(worker, 'message')) as [ImportanceResult];
    return result;
  } finally {
    await worker.terminate();
  }
};
