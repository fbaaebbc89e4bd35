import { randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import type { BatchQueue, JobKey, JobRequest, QueueLook, Submission } from '../batch/batch-queue.js';
import { arrayName, noteArrayTask } from '../batch/job-files.js';
import { ARRAYS } from '../local/paths.js';
import type { SlurmQueue } from './slurm-queue.js';

/** Jobs that come within this time of each other are submitted together. */
const GATHER_MS = 100;
const LONGEST_MS = 1000;
/** SLURM's default MaxArraySize is 1001. */
const MOST_TASKS = 1000;

type Waiting = { readonly job: JobRequest; readonly answer: (submission: Submission) => void };

/** Jobs of a SLURM cluster, of which those that come together are tasks of one array: one submission, one line of the queue. */
export class ArrayQueue implements BatchQueue {
  readonly title: string;
  readonly #queue: SlurmQueue;
  #waiting: Waiting[] = [];
  #isBusy = false;

  constructor(queue: SlurmQueue) {
    this.title = queue.title;
    this.#queue = queue;
  }

  submit(job: JobRequest): Promise<Submission> {
    return new Promise((answer) => {
      this.#waiting.push({ job, answer });
      if (!this.#isBusy) void this.#submitWaiting();
    });
  }

  look(_wanted: readonly JobKey[]): Promise<QueueLook> {
    return this.#queue.look();
  }

  end(job: JobKey, how: 'politely' | 'now'): Promise<void> {
    return this.#queue.end(job, how);
  }

  /** Jobs that come while SLURM answers are the next array. */
  async #submitWaiting(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#submitAll(this.#waiting.splice(0, MOST_TASKS));
    }
    this.#isBusy = false;
  }

  async #gather(): Promise<void> {
    const endMs = performance.now() + LONGEST_MS;
    for (let known = 0; known < this.#waiting.length && performance.now() < endMs; ) {
      known = this.#waiting.length;
      await sleep(GATHER_MS);
    }
  }

  /** An array that a limit does not allow is submitted in smaller ones. What one job alone is not allowed, no other is. */
  async #submitAll(waiting: readonly Waiting[]): Promise<void> {
    let size = waiting.length;
    for (let at = 0; at < waiting.length; ) {
      const some = waiting.slice(at, at + size);
      const submission = await this.#submitTogether(some.map(({ job }) => job));
      if (submission.kind === 'later' && some.length > 1) {
        size = Math.ceil(some.length / 2);
        continue;
      }
      const answered = submission.kind === 'later' ? waiting.slice(at) : some;
      for (const [task, { answer }] of answered.entries())
        answer(submission.kind === 'accepted' && some.length > 1 ? taskOf(submission.id, task) : submission);
      at += answered.length;
    }
  }

  async #submitTogether(jobs: readonly JobRequest[]): Promise<Submission> {
    const [first] = jobs as readonly [JobRequest, ...JobRequest[]];
    try {
      if (jobs.length === 1) {
        noteArrayTask(dirname(first.script), null);
        return await this.#queue.submit(first);
      }
      const token = randomUUID();
      const array = arrayRequest(first, token);
      writeArray(dirname(array.script), jobs, token);
      const submission = await this.#queue.submit(array, jobs.length);
      // sbatch was given up while it asked again: what it may have reached is not to begin beside a smaller array.
      if (submission.kind === 'later') await this.#queue.endNamed(array.name);
      return submission;
    } catch (error) {
      return { kind: 'later', reason: `cannot write the array of jobs: ${messageOf(error)}` };
    }
  }
}

/** Returns an array as it is submitted. `job`: one of its jobs. Its folder holds a link to the folder of each attempt. */
export function arrayRequest(job: JobRequest, token: string): JobRequest {
  const dir = join(dirname(dirname(dirname(job.script))), ARRAYS, token);
  return {
    name: arrayName(token),
    script: join(dir, 'array.sh'),
    output: join(dir, '%a', 'queue.log'),
    cwd: job.cwd,
  };
}

function writeArray(dir: string, jobs: readonly JobRequest[], array: string): void {
  mkdirSync(dir, { recursive: true });
  for (const [task, { script }] of jobs.entries()) {
    symlinkSync(dirname(script), join(dir, String(task)));
    noteArrayTask(dirname(script), { array, task });
  }
  writeFileSync(join(dir, 'array.sh'), arrayScript(dir), { mode: 0o700 });
}

/** A network file system may show the script of a task late, on another machine than the one that wrote it. */
function arrayScript(dir: string): string {
  return `#!/bin/bash
# Trials of hpo that were submitted together: each task runs the job of one attempt.
hpo_j=${shellWord(dir)}/$SLURM_ARRAY_TASK_ID/job.sh
for hpo_n in {1..60}; do [ ! -r "$hpo_j" ] || exec /bin/bash "$hpo_j"; sleep 1; done
echo "hpo: $hpo_j cannot be read on $(uname -n)"; exit 1
`;
}

function taskOf(id: string, task: number): Submission {
  return { kind: 'accepted', id: `${id}_${task}` };
}
