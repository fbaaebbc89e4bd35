import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Constraint } from '../../src/core/constraint.js';
import type { Params } from '../../src/core/distribution.js';
import { makeSpace, type ParamSpec } from '../../src/core/space.js';
import type { StudySpec } from '../../src/core/spec.js';
import type {
  Aliveness,
  AttemptSpec,
  Cancellation,
  Checkpoints,
  Executor,
  Outcome,
  RunHooks,
  RunnableAttempt,
} from '../../src/executors/executor.js';
import { SlotPool } from '../../src/executors/slot-pool.js';
import { openStorage } from '../../src/storage/open.js';
import type { NewAttempt, Storage, TrialRow } from '../../src/storage/storage.js';
import type { SweepEnd, SweepEvent } from '../../src/study/events.js';
import { createStudy, openStudy } from '../../src/study/open-study.js';
import type { Study } from '../../src/study/study.js';
import { runSweep } from '../../src/study/sweep/loop.js';
import type { SweepOptions } from '../../src/study/sweep/sweep-options.js';

export const T0 = Date.UTC(2024, 0, 1);

/** A folder of this test alone. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-study-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function opened(url = 'memory:'): Promise<Storage> {
  const storage = await openStorage(url);
  onTestFinished(() => storage.close());
  return storage;
}

/** A study's specification: minimizes `loss`, grid unless something else is said. */
export function makeSpec(
  params: readonly ParamSpec[],
  more: Partial<StudySpec> & { constraints?: readonly Constraint[] } = {},
): StudySpec {
  const { constraints = [], ...rest } = more;
  return {
    objectives: [{ metric: 'loss', direction: 'minimize', reduce: 'last' }],
    space: makeSpace(params, constraints),
    trainer: { command: ['true'], cwd: null, env: {} },
    config: {},
    repeats: 1,
    race: null,
    seeds: null,
    initialPoints: [],
    transfer: null,
    metricConstraints: [],
    sampler: { name: 'grid', options: {} },
    pruner: { name: 'none', options: {} },
    scheduler: { name: 'none', options: {} },
    maxSteps: null,
    terminator: { name: 'none', options: {} },
    metrics: null,
    ...rest,
  };
}

export async function newStudy(spec: StudySpec, storage?: Storage, seed = 7): Promise<Study> {
  return createStudy(storage ?? (await opened()), { name: 'study', spec, seed, nowMs: T0 });
}

/** Opens the study again from its file, as a later call of hpo would. */
export async function reopened(url: string): Promise<Study> {
  const storage = await opened(url);
  const record = await storage.findStudy('study');
  if (!record) throw new Error(`no study in ${url}`);
  return openStudy(storage, record);
}

export function newAttempt(owner: string): NewAttempt {
  const handle = (trial: number, attempt: number) => `${trial}-${attempt}`;
  return { token: 'token', owner, device: 'cpu', handle, startedAtMs: T0 };
}

/** A process of another boot is dead for sure. */
export const DEAD_OWNER = 'another-boot:1:1';

export const done: Outcome = { kind: 'exited', exitCode: 0, finishedAtMs: T0 + 1000, logTail: [] };
export const failed = (exitCode = 1): Outcome => ({ ...done, exitCode, logTail: ['last words'] });

export type Script = (attempt: RunnableAttempt, hooks: RunHooks) => Outcome | Promise<Outcome>;

/** Runs a script in place of a process, by the executor's contract, and keeps what was started. */
export class ScriptedExecutor implements Executor {
  readonly kind: string = 'local';
  readonly started: RunnableAttempt[] = [];
  readonly resumed: RunnableAttempt[] = [];
  /** Attempts that were to leave nothing behind. */
  readonly cleared: RunnableAttempt[] = [];
  readonly checkpoints: Checkpoints | null = null;
  readonly #script: Script;
  running = 0;
  mostRunning = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  allocate({ trial, attempt }: AttemptSpec): string {
    return `trial-${trial}/${attempt}`;
  }

  async isAlive(): Promise<Aliveness> {
    return 'ended';
  }

  async cancel(): Promise<Cancellation> {
    return { kind: 'had-ended' };
  }

  async *logs() {}

  run(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome> {
    this.started.push(attempt);
    return this.#play(attempt, hooks);
  }

  async cleanup(attempt: RunnableAttempt): Promise<readonly number[]> {
    this.cleared.push(attempt);
    return [];
  }

  reattach(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome> {
    this.resumed.push(attempt);
    return this.#play(attempt, hooks);
  }

  async #play(attempt: RunnableAttempt, hooks: RunHooks): Promise<Outcome> {
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (hooks.signal.aborted) return { kind: 'not-started', reason: 'stopped', fatal: false };
      await turn();
      return await this.#script(attempt, hooks);
    } finally {
      this.running--;
    }
  }
}

/** Lets everything else that is ready go first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the attempt is asked to end. */
export function untilStopped({ signal }: RunHooks): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A trainer that tells one loss, a function of its parameters, and ends well. */
export function trains(loss: (params: Params, attempt: RunnableAttempt) => number): Script {
  return (attempt, hooks) => {
    hooks.report([{ name: 'loss', step: 1, value: loss(attempt.params, attempt) }]);
    return done;
  };
}

export type Swept = { readonly end: SweepEnd; readonly events: readonly SweepEvent[] };

/** Runs a sweep on so many CPU slots, or on those of a pool; `onEvent` may abort. */
export async function sweep(
  study: Study,
  executor: Executor,
  more: Partial<Omit<SweepOptions, 'slots'>> & {
    slots?: number;
    pool?: SlotPool;
    onEvent?: (event: SweepEvent) => void;
  } = {},
): Promise<Swept> {
  const { slots = 1, pool, onEvent = () => {}, ...rest } = more;
  const events: SweepEvent[] = [];
  const places = Array.from({ length: slots }, (_, id) => ({ id, device: 'cpu', env: {} }));
  const end = await runSweep({
    study,
    executor,
    slots: pool ?? new SlotPool(places),
    emit: (event) => {
      events.push(event);
      onEvent(event);
    },
    budget: null,
    timeoutMs: null,
    epochs: null,
    target: null,
    total: null,
    retryFailed: false,
    setAttemptLimits: () => {},
    drain: new AbortController().signal,
    abort: new AbortController().signal,
    now: () => T0,
    ...rest,
  });
  return { end, events };
}

export function rows(study: Study): Promise<readonly TrialRow[]> {
  return study.storage.rows(study.id, 0, 10_000);
}

/** `complete 0.5` for each trial, in order. */
export async function results(study: Study): Promise<string[]> {
  return (await rows(study)).map((row) =>
    [row.state, row.queued ? 'queued' : row.values?.[0]].join(' ').trim(),
  );
}
