import { parentPort, workerData } from 'node:worker_threads';
import { type ImportanceTask, judge } from './data/importance-task.js';

// A thread of its own: finding importances would keep every other request waiting.
parentPort?.postMessage(judge(workerData as ImportanceTask));
