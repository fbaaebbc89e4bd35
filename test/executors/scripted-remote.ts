import type {
  Aliveness,
  AttemptRef,
  AttemptSpec,
  Cancellation,
  Executor,
  MetricPoint,
  Outcome,
  RunHooks,
  RunnableAttempt,
  Unseen,
} from '../../src/executors/executor.js';

/** What a job does: its reports in order, one a turn, and its exit code. `hangs`: it never ends by itself. */
export type JobScript = { readonly losses: readonly number[]; readonly hangs?: boolean };

/**
 * What becomes of one question to the cluster. `slow`: the answer comes after other things. `lost`: the cluster acts, and
 * the answer does not come. `unknown`: the cluster does not know at the moment. `repeated`: the answer comes twice.
 */
export type Fault = 'none' | 'slow' | 'lost' | 'unknown' | 'repeated';
export type Question = 'submit' | 'poll' | 'cancel' | 'forbid';

type Job = { readonly script: JobScript; printed: number; exitCode: number | null };
type Progress = { readonly points: readonly MetricPoint[]; readonly exitCode: number | null };

/** A cluster that outlives the programs that submit to it. It runs a job for each token, and never a second one. */
export class ScriptedCluster {
  readonly #jobs = new Map<string, Job>();
  readonly #forbidden = new Set<string>();
  readonly #fault: (question: Question, token: string) => Fault;
  /** How often each token was started. */
  readonly starts = new Map<string, number>();
  readonly questions: Question[] = [];

  constructor(fault: (question: Question, token: string) => Fault = () => 'none') {
    this.#fault = fault;
  }

  /** A token that is known already is refused, as is one that was forbidden. */
  submit(token: string, script: JobScript): Promise<'accepted' | 'refused'> {
    return this.#answer('submit', token, () => {
      if (this.#jobs.has(token) || this.#forbidden.has(token)) return 'refused';
      this.#jobs.set(token, { script, printed: 0, exitCode: null });
      this.starts.set(token, (this.starts.get(token) ?? 0) + 1);
      return 'accepted';
    });
  }

  /** Makes sure that a token never starts. False when it has started. */
  forbid(token: string): Promise<boolean> {
    return this.#answer('forbid', token, () => {
      if (this.#jobs.has(token)) return false;
      this.#forbidden.add(token);
      return true;
    });
  }

  /** What a job has printed from this report on, and its exit code once it has one; null for a token without a job. */
  async poll(token: string, from: number): Promise<Progress | null> {
    let isRepeated = false;
    const progress = await this.#answer('poll', token, (again) => {
      isRepeated = again;
      const job = this.#jobs.get(token);
      if (!job) return null;
      this.#advance(job);
      const losses = job.script.losses.slice(from, job.printed);
      const points = losses.map((value, at) => ({ name: 'loss', step: from + at, value }));
      return { points, exitCode: job.exitCode };
    });
    if (!isRepeated || progress === null) return progress;
    return { ...progress, points: [...progress.points, ...progress.points] };
  }

  cancel(token: string): Promise<'cancelled' | 'had-ended'> {
    return this.#answer('cancel', token, () => {
      const job = this.#jobs.get(token);
      if (!job || job.exitCode !== null) return 'had-ended';
      job.exitCode = 143;
      return 'cancelled';
    });
  }

  #advance(job: Job): void {
    if (job.exitCode !== null) return;
    if (job.printed < job.script.losses.length) job.printed++;
    else if (!job.script.hangs) job.exitCode = 0;
  }

  async #answer<T>(question: Question, token: string, act: (again: boolean) => T): Promise<T> {
    this.questions.push(question);
    const fault = this.#fault(question, token);
    if (fault === 'unknown') throw new NoAnswer('the cluster does not know');
    if (fault === 'slow') for (let k = 0; k < 5; k++) await turn();
    else await turn();
    const answer = act(false);
    if (fault === 'repeated') act(true);
    if (fault === 'lost') throw new NoAnswer('no answer came');
    return answer;
  }
}

class NoAnswer extends Error {}

/** An executor by the contract, as one of a cluster would be: it never takes silence for an end. */
export class ScriptedRemote implements Executor {
  readonly kind = 'remote';
  readonly checkpoints = null;
  readonly #cluster: ScriptedCluster;
  readonly #script: (attempt: RunnableAttempt) => JobScript;

  constructor(cluster: ScriptedCluster, script: (attempt: RunnableAttempt) => JobScript) {
    this.#cluster = cluster;
    this.#script = script;
  }

  allocate({ token }: AttemptSpec): string {
    return `remote:${token}`;
  }

  run(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome | Unseen> {
    return unlessUnseen(async () => {
      if (hooks.signal.aborted) return notStarted('stopped before it was started');
      const answer = await this.#cluster.submit(attempt.token, this.#script(attempt));
      return answer === 'refused' ? notStarted('refused') : this.#follow(attempt, hooks);
    });
  }

  reattach(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome | Unseen> {
    return unlessUnseen(async () =>
      (await this.#cluster.forbid(attempt.token))
        ? notStarted('it never reached the cluster')
        : this.#follow(attempt, hooks),
    );
  }

  async isAlive({ token }: AttemptRef): Promise<Aliveness> {
    try {
      const progress = await this.#cluster.poll(token, 0);
      return progress === null || progress.exitCode !== null ? 'ended' : 'alive';
    } catch {
      return 'unknown';
    }
  }

  async cancel({ token }: AttemptRef): Promise<Cancellation> {
    try {
      if (await this.#cluster.forbid(token)) return { kind: 'prevented' };
      return { kind: (await this.#cluster.cancel(token)) === 'cancelled' ? 'ended' : 'had-ended' };
    } catch {
      return { kind: 'out-of-reach' };
    }
  }

  async *logs({ token }: AttemptRef, fromByte: number) {
    const { points = [] } = (await this.#cluster.poll(token, 0)) ?? {};
    const text = points.map(({ step, value }) => `METRIC epoch=${step} loss=${value}\n`).join('');
    if (text.length > fromByte) yield Buffer.from(text).subarray(fromByte);
  }

  async cleanup(): Promise<readonly number[]> {
    return [];
  }

  async #follow({ token }: RunnableAttempt, hooks: RunHooks): Promise<Outcome> {
    for (let seen = 0; ; ) {
      if (hooks.signal.aborted) await this.#cluster.cancel(token);
      const progress = await this.#cluster.poll(token, seen);
      if (progress === null) return notStarted('it never reached the cluster');
      hooks.report(progress.points);
      seen = (progress.points.at(-1)?.step ?? seen - 1) + 1;
      await hooks.settled();
      if (progress.exitCode === null || progress.points.length > 0) continue;
      const ended = { kind: 'exited', exitCode: progress.exitCode, finishedAtMs: Date.now() } as const;
      return { ...ended, logTail: [], ...(progress.exitCode === 143 && { stoppedFor: hooks.signal.reason }) };
    }
  }
}

/** Silence is no end: the sweep asks again. */
async function unlessUnseen(ask: () => Promise<Outcome>): Promise<Outcome | Unseen> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { kind: 'unseen', reason: error.message };
  }
}

function notStarted(reason: string): Outcome {
  return { kind: 'not-started', reason, fatal: false };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
