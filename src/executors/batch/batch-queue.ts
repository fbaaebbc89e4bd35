/** A job as it is submitted. Paths are absolute. */
export type JobRequest = {
  /** Names the attempt and nothing else: by it the job is found again where the answer of the submission was lost. */
  readonly name: string;
  /** The file of bash that runs in the job, complete with its arguments. */
  readonly script: string;
  /** Where the queue's own messages go. */
  readonly output: string;
  readonly cwd: string;
};

/** What became of a submission. */
export type Submission =
  | { readonly kind: 'accepted'; readonly id: string }
  /** There is no job, and the same request would be refused again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** There is no job at the moment: a limit of the queue, for one. */
  | { readonly kind: 'later'; readonly reason: string }
  /** The answer was slow, lost or an error that says nothing: there may be a job. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** What a queue says of a job. `host`: where it runs, as far as that is known. `why`: as the queue says it, for people. */
export type JobState =
  | { readonly kind: 'waiting'; readonly why: string }
  | { readonly kind: 'running'; readonly host: string | null }
  /** Its program ended by itself, or somebody cancelled it: an exit code that it left counts. */
  | { readonly kind: 'ended'; readonly why: string }
  /** The queue ended it: its time was over, or its node is gone. The trial is not to blame. */
  | { readonly kind: 'evicted'; readonly why: string };

export type Job = { readonly id: string; readonly name: string; readonly state: JobState };

/** A job that somebody asks for. `id`: as the submission or the job itself named it; null: neither has. */
export type JobKey = { readonly name: string; readonly id: string | null };

/** What waits and runs in a queue, and what has ended lately. Null: it gave no answer. */
export type QueueLook = readonly Job[] | null;

/** A scheduler of batch jobs as an executor needs it. Every call takes a bounded time, and none rejects. */
export interface BatchQueue {
  /** Its name for people, such as `SLURM`. */
  readonly title: string;
  submit(job: JobRequest): Promise<Submission>;
  /**
   * Returns these jobs, and others of this user where that costs nothing more. A job that is missing has not ended for
   * certain.
   */
  look(wanted: readonly JobKey[]): Promise<QueueLook>;
  /** Ends a job: `politely` with TERM to all its processes, `now` for good. A job that has not begun is removed. */
  end(job: JobKey, how: 'politely' | 'now'): Promise<void>;
}
