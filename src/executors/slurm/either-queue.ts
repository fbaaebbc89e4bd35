import type { BatchQueue, JobKey, QueueLook, Submission } from '../batch/batch-queue.js';
import { JOB_ID, SlurmQueue } from './slurm-queue.js';
import { StepQueue } from './step-queue.js';

/** Jobs and steps together, for a caller that only looks at attempts and ends them. */
export class EitherQueue implements BatchQueue {
  readonly title = 'SLURM';
  readonly #jobs = new SlurmQueue([]);
  readonly #steps = new StepQueue([]);

  async submit(): Promise<Submission> {
    return { kind: 'refused', reason: 'nothing is submitted without a sweep' };
  }

  async look(): Promise<QueueLook> {
    const looks = await Promise.all([this.#jobs.look(), this.#steps.look()]);
    return looks.every((look) => look !== null) ? looks.flat() : null;
  }

  end(job: JobKey, how: 'politely' | 'now'): Promise<void> {
    return (JOB_ID.test(job.id ?? '') ? this.#jobs : this.#steps).end(job, how);
  }
}
