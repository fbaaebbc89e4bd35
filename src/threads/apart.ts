import type { Rng, SeededRng } from '../core/rng.js';
import type { CustomSampler, Sampler } from '../samplers/sampler.js';
import type { Scheduler } from '../schedulers/scheduler.js';
import type { CustomTerminator, Terminator } from '../terminators/terminator.js';
import type { Results, Seen, StartThread, Task, TaskKind, Thread, ThreadParts } from './thread.js';

/** When computing moves to a thread. */
export type Patience = {
  /** A call that takes no longer than this is no reason to move. */
  readonly callMs: number;
  /** What a kind of task has taken beyond that, in all, before a thread is started, which rehearses it. */
  readonly totalMs: number;
  /** What it has taken beyond that, in all, before the thread computes it, however slow it still is. */
  readonly mostMs: number;
  /** The same while the thread starts: to wait for it may take longer than to compute. */
  readonly startingMs: number;
  /** A call that takes no longer than this shows that the long ones were the machine's: a tenth of their time is forgotten. */
  readonly briefMs: number;
  /** The most rehearsals of a kind of task. */
  readonly rehearsals: number;
};

export const PATIENCE: Patience = {
  callMs: 8,
  totalMs: 35,
  mostMs: 70,
  startingMs: 210,
  briefMs: 1,
  rehearsals: 30,
};
/** A thread computes instead of the caller once it takes no longer than this many times as long. */
const SLOWER = 1.5;
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
  /** How long computing in place took, once it has. */
  tookMs?: number;
};

/** What is known of a kind of task. */
type Load = {
  /** What its calls took beyond `callMs`. */
  blockedMs: number;
  /** Rehearsals that began; one at a time. */
  rehearsals: number;
  isRehearsing: boolean;
  /** The thread computes them: it is as fast as the caller, or the caller may not wait. */
  isReady: boolean;
};

const load = (): Load => ({ blockedMs: 0, rehearsals: 0, isRehearsing: false, isReady: false });

/**
 * Computes what the components of a study decide in a thread, as soon as they have kept the event loop waiting for long enough.
 * The thread's code is slow at first, as all code is, so it computes a few tasks beside the caller before it takes them over.
 * Components are pure, so it makes no difference where they run. Without a thread they run in place, one a turn of the loop.
 */
export class ComputingApart {
  readonly #parts: ThreadParts;
  readonly #start: StartThread;
  readonly #patience: Patience;
  readonly #loads: Readonly<Record<TaskKind, Load>> = {
    sample: load(),
    terminate: load(),
    decide: load(),
    next: load(),
  };
  #thread: Promise<Thread | null> | null = null;
  /** It has answered once, so its code is loaded. */
  #isStarted = false;
  #turns: Promise<void> = Promise.resolve();
  /** Tasks that wait for their turn. */
  #waiting = 0;
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
    const { totalMs, mostMs, startingMs, rehearsals } = this.#patience;
    const known = this.#loads[work.task.kind];
    // A thread that is there costs no more.
    const limitMs = this.#thread === null ? totalMs : Math.min(totalMs, 1);
    if (known.blockedMs < limitMs) return this.#runInPlace(work);
    // Where several are computed at once, others wait for the event loop too.
    const isPressed = this.#waiting > 0 || known.blockedMs >= (this.#isStarted ? mostMs : startingMs);
    if (isPressed || known.rehearsals >= rehearsals) known.isReady = true;
    if (known.isReady) return this.#runApart(work);
    const placed = this.#runInTurn(work);
    if (!known.isRehearsing) void this.#rehearse(work, placed);
    return placed;
  }

  /** `placed`: ends when the caller has computed it. */
  async #rehearse<K extends TaskKind>(work: Work<K>, placed: Promise<unknown>): Promise<void> {
    const { seen, task } = work;
    const known = this.#loads[task.kind];
    known.rehearsals++;
    known.isRehearsing = true;
    const thread = await this.#startedThread();
    const tookMs = (await thread?.rehearse(seen, task)) ?? null;
    this.#isStarted = true;
    await Promise.allSettled([placed]);
    known.isRehearsing = false;
    // A short call says nothing of the code that takes long.
    const inPlaceMs = work.tookMs ?? 0;
    const isFast = tookMs !== null && inPlaceMs > this.#patience.callMs && tookMs <= SLOWER * inPlaceMs;
    if (tookMs === null || isFast) known.isReady = true;
  }

  #startedThread(): Promise<Thread | null> {
    if (!this.#isClosed) this.#thread ??= this.#start(this.#parts);
    return this.#thread ?? Promise.resolve(null);
  }

  async #runApart<K extends TaskKind>(work: Work<K>): Promise<Results[K]> {
    const thread = await this.#startedThread();
    const computed = (await thread?.compute<K>(work.seen, work.task)) ?? null;
    if (computed === null) return this.#runInTurn(work);
    work.rng?.skip(computed.drawn);
    return computed.value;
  }

  /** Computes in place in a turn of the loop of its own: many may wait. */
  async #runInTurn<K extends TaskKind>(work: Work<K>): Promise<Results[K]> {
    this.#waiting++;
    this.#turns = this.#turns.then(nextTurn);
    await this.#turns;
    this.#waiting--;
    return this.#runInPlace(work);
  }

  #runInPlace<K extends TaskKind>(work: Work<K>): Results[K] | Promise<Results[K]> {
    const { callMs, briefMs } = this.#patience;
    const known = this.#loads[work.task.kind];
    const begun = performance.now();
    const value = work.inPlace();
    const tookMs = performance.now() - begun;
    work.tookMs = tookMs;
    if (tookMs <= briefMs) known.blockedMs *= KEPT;
    const beyondMs = tookMs - callMs;
    if (!(beyondMs > 0)) return value;
    known.blockedMs += beyondMs;
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
