import { makeLocalExecutor } from '../../../src/executors/local/executor.js';
import { NO_LIMITS } from '../../../src/executors/local/limits.js';
import { DEFAULT_STOP_TIMES } from '../../../src/executors/local/stop.js';
import type { TrainerSetup } from '../../../src/executors/trainer-setup.js';

/** What a test says nothing of. */
export const DEFAULT_SETUP = {
  claim: null,
  env: {},
  ompThreads: null,
  parameters: [],
  measured: [],
  limits: NO_LIMITS,
  metrics: undefined,
  checkpoints: 'off',
  guard: null,
} as const;

export type Setup = Omit<TrainerSetup, keyof typeof DEFAULT_SETUP> &
  Partial<TrainerSetup> & { readonly stopGraceMs?: number; readonly killWaitMs?: number };

/** An executor of local processes with the defaults of tests. Programs that tests start use it too. */
export function setUpExecutor({ stopGraceMs, killWaitMs, ...setup }: Setup) {
  return makeLocalExecutor(
    { ...DEFAULT_SETUP, ...setup },
    {
      graceMs: stopGraceMs ?? DEFAULT_STOP_TIMES.graceMs,
      killWaitMs: killWaitMs ?? DEFAULT_STOP_TIMES.killWaitMs,
    },
  );
}
