import type { Rng, SeededRng } from '../core/rng.js';
import type { CustomSampler, Sampler } from '../samplers/sampler.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { CustomTerminator, Terminator } from '../terminators/terminator.js';
import type { Results, Seen, StartThread, Task, TaskKind, Thread, ThreadParts } from './thread.js';

/** When computing moves to a thread. */
export type Patience = {
  /** A call that takes no longer than this is no reason to move. */
  readonly callMs: number;
  /** What a kind of task has taken beyond that, in all, before a thread is started for it. */
  readonly totalMs: number;
  /** A call that takes no longer than this shows that the long ones were the machine's: a tenth of their time is forgotten. */
  readonly briefMs: number;
};

export const PATIENCE: Patience = { callMs: 8, totalMs: 35, briefMs: 1 };
/** What is left of the time of long calls after a brief one. */
const KEPT = 0.9;

/** How a study gets a thread, and when. */
export type Threads = { readonly start: StartThread; readonly patience: Patience };

type Work<K extends TaskKind> = {
  readonly seen: Seen;
  readonly task: Task & { readonly kind: K };
  readonly inPlace: () => Results[K] | Promise<Results[K]>;
  /** The generator that computing in place would draw from. */
  readonly rng?: SeededRng;
};

/**
 * Computes what the components of a study decide in a thread, as soon as they have kept the event loop waiting for long enough.
 * Components are pure, so it makes no difference where they run. Without a thread they run in place, one a turn of the loop.
 */
export class ComputingApart {
  readonly #parts: ThreadParts;
  readonly #start: StartThread;
  readonly #patience: Patience;
  readonly #blockedMs: Record<TaskKind, number> = { sample: 0, terminate: 0, decide: 0, next: 0 };
  #thread: Promise<Thread | null> | null = null;
  #turns: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ThreadParts, { start, patience }: Threads) {
    this.#parts = parts;
    this.#start = start;
    this.#patience = patience;
  }

  sampler(sampler: Sampler): CustomSampler {
    return {
      sample: (space, view, at) => {
        const inPlace = () => sampler.sample(space, view, at);
        const { rng, ...rest } = at;
        if (!isSeeded(rng)) return inPlace();
        const task = { kind: 'sample', at: rest, seed: rng.seed } as const;
        return this.#run({ seen: { space, view }, task, inPlace, rng });
      },
      refuse: (space) => sampler.refuse?.(space) ?? null,
    };
  }

  terminator(terminator: Terminator): CustomTerminator {
    return {
      decide: (space, view, at) => {
        const inPlace = () => terminator.decide(space, view, at);
        const { rng } = at;
        if (!isSeeded(rng)) return inPlace();
        const task = { kind: 'terminate', seed: rng.seed } as const;
        return this.#run({ seen: { space, view }, task, inPlace, rng });
      },
    };
  }

  scheduler(scheduler: Scheduler): Scheduler {
    return {
      firstTargets: (view) => scheduler.firstTargets(view),
      decide: (trial, { space, ...view }) =>
        this.#run({
          seen: { space, view },
          task: { kind: 'decide', trial },
          inPlace: () => scheduler.decide(trial, { ...view, space }),
        }),
      next: ({ space, ...view }) =>
        this.#run({
          seen: { space, view },
          task: { kind: 'next' },
          inPlace: () => scheduler.next({ ...view, space }),
        }),
    };
  }

  /** Ends the thread. What is computed afterwards is computed in place. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#thread)?.close();
  }

  #run<K extends TaskKind>(work: Work<K>): Results[K] | Promise<Results[K]> {
    const { totalMs } = this.#patience;
    // A thread that is there costs no more.
    const limitMs = this.#thread === null ? totalMs : Math.min(totalMs, 1);
    if (this.#blockedMs[work.task.kind] < limitMs) return this.#runInPlace(work);
    return this.#runApart(work);
  }

  async #runApart<K extends TaskKind>(work: Work<K>): Promise<Results[K]> {
    if (!this.#isClosed) this.#thread ??= this.#start(this.#parts);
    const thread = await this.#thread;
    const computed = (await thread?.compute<K>(work.seen, work.task)) ?? null;
    if (computed !== null) {
      work.rng?.skip(computed.drawn);
      return computed.value;
    }
    // Many may wait for the same thread.
    this.#turns = this.#turns.then(nextTurn);
    await this.#turns;
    return this.#runInPlace(work);
  }

  #runInPlace<K extends TaskKind>({ task, inPlace }: Work<K>): Results[K] | Promise<Results[K]> {
    const { callMs, briefMs } = this.#patience;
    const begun = performance.now();
    const value = inPlace();
    const tookMs = performance.now() - begun;
    if (tookMs <= briefMs) this.#blockedMs[task.kind] *= KEPT;
    const beyondMs = tookMs - callMs;
    if (!(beyondMs > 0)) return value;
    this.#blockedMs[task.kind] += beyondMs;
    return nextTurn().then(() => value);
  }
}

function isSeeded(rng: Rng): rng is SeededRng {
  return 'seed' in rng && 'drawn' in rng && rng.drawn === 0;
}

/** Lets the event loop do other things. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
