import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, makeBatchControl } from '../batch/batch-control.js';
import type { BatchQueue } from '../batch/batch-queue.js';
import type { AttemptControl, AttemptRef } from '../executor.js';
import { RayApi } from './ray-api.js';
import { RayQueue } from './ray-queue.js';
import { BY_SHARED_FOLDER } from './way.js';

/** Nobody knows where the job is. */
const UNKNOWN_QUEUE: BatchQueue = {
  title: 'Ray',
  submit: async () => ({ kind: 'refused', reason: 'nothing is submitted without a sweep' }),
  look: async () => null,
  end: async () => {},
};

const FILE = 'ray-address';

/** Notes the cluster of an attempt's job, for programs that do not have the sweep file. */
export function noteAddress(dir: string, address: string): void {
  writeFileSync(join(dir, FILE), `${address}\n`);
}

/** What is known of an attempt without its sweep: its folder names the cluster. */
export const rayControl: AttemptControl = {
  isAlive: (attempt) => controlFor(attempt).isAlive(attempt),
  cancel: (attempt, reason) => controlFor(attempt).cancel(attempt, reason),
  logs: (attempt, fromByte) => controlFor(attempt).logs(attempt, fromByte),
  checkpoints: makeBatchControl(UNKNOWN_QUEUE).checkpoints,
};

function controlFor(attempt: AttemptRef): AttemptControl {
  return makeBatchControl(queueFor(attempt));
}

function queueFor(attempt: AttemptRef): BatchQueue {
  try {
    const address = readFileSync(join(folderOf(attempt), FILE), 'utf8').trim();
    return new RayQueue(
      new RayApi(address),
      { resources: {}, runtimeEnv: {}, envVars: {} },
      BY_SHARED_FOLDER,
    );
  } catch {
    return UNKNOWN_QUEUE;
  }
}
