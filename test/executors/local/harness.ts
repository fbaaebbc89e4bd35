import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  type Executor,
  type MetricPoint,
  NO_HOOKS,
  type Placement,
  type RunHooks,
  type RunnableAttempt,
  type StopReason,
} from '../../../src/executors/executor.js';
import { processesWithToken, signal } from '../../../src/executors/local/process-tree.js';
import type { TrainerSetup } from '../../../src/executors/trainer-setup.js';
import { until } from '../../support/until.js';
import { DEFAULT_SETUP, type Setup, setUpExecutor } from './setup.js';

export { pass, until } from '../../support/until.js';

/** A fixture trainer's file. */
export function trainer(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/trainers/${name}`, import.meta.url));
}

function isRemoved(dir: string): boolean {
  try {
    rmSync(dir, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** A folder of this test alone. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-executor-'));
  // A supervisor that a test has frozen may write a last file while its folder is removed.
  onTestFinished(async () => {
    await until(() => isRemoved(dir));
  });
  return dir;
}

export function makeExecutor(
  outputsDir: string,
  command: readonly string[],
  more: Partial<Setup> = {},
): Executor {
  return setUpExecutor({ ...makeSetup(outputsDir, command), stopGraceMs: 300, ...more });
}

/** How trainers run in a folder of a test, for executors of any kind. */
export function makeSetup(outputsDir: string, command: readonly string[]): TrainerSetup {
  return {
    ...DEFAULT_SETUP,
    studyDir: join(outputsDir, 'test'),
    readsResults: true,
    command,
    cwd: outputsDir,
    configFile: join(outputsDir, 'config.json'),
  };
}

/** An attempt with a token of its own; whatever still carries it when the test ends is killed. */
export function makeAttempt(executor: Executor, more: Partial<RunnableAttempt> = {}): RunnableAttempt {
  const trial = more.trial ?? 7;
  const attempt = more.attempt ?? 1;
  const token = randomBytes(16).toString('hex');
  onTestFinished(() => {
    for (const pid of processesWithToken(token)) signal(pid, 'SIGKILL');
  });
  return {
    study: 'test',
    trial,
    attempt,
    token,
    handle: executor.allocate({ trial, attempt, token }),
    defineByRun: false,
    inheritedMetrics: [],
    params: { 'learner.step_size': 0.05, 'learner.opt': 'adam' },
    seed: 42,
    targetStep: null,
    copy: null,
    lostWith: null,
    startedAtMs: Date.now(),
    slot: { id: 0, device: 'cpu', env: { CUDA_VISIBLE_DEVICES: '' } },
    ...more,
  };
}

/** Hooks that keep what is reported to them. */
export class Recorder implements RunHooks {
  readonly points: MetricPoint[] = [];
  readonly warnings: string[] = [];
  readonly places: Placement[] = [];
  readonly #abort = new AbortController();
  #waiting: (() => void)[] = [];
  readonly drain = NO_HOOKS.drain;
  readonly suggest = NO_HOOKS.suggest;
  readonly settled = NO_HOOKS.settled;
  readonly saved = NO_HOOKS.saved;
  readonly gpuSample = NO_HOOKS.gpuSample;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  report(points: readonly MetricPoint[]): void {
    this.points.push(...points);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  placed(place: Placement): void {
    this.places.push(place);
  }

  stop(reason: StopReason): void {
    this.#abort.abort(reason);
  }

  /** Resolves once this many points have come. */
  async reported(count: number): Promise<void> {
    while (this.points.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
