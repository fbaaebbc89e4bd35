import { parentPort, workerData } from 'node:worker_threads';
import { loadParts, runTask } from './tasks.js';
import type { ThreadParts } from './thread.js';
import { ViewCopy } from './view-copy.js';
import type { FromWorker, ToWorker } from './worker-thread.js';

// The thread of a study. Messages wait until the components are loaded.
const parts = await loadParts(workerData as ThreadParts);
const copy = new ViewCopy();
const say = (message: FromWorker) => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToWorker) => {
  if ('part' in message) return copy.note(message.part);
  const { id, change, task } = message;
  const seen = copy.change(change);
  const begun = performance.now();
  runTask(parts, seen, task).then(
    (computed) => say({ id, computed, tookMs: performance.now() - begun }),
    // The study computes it again, and its caller gets the error.
    () => say({ id, computed: null, tookMs: 0 }),
  );
});
