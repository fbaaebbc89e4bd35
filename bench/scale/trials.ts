import {
  categorical,
  type Distribution,
  float,
  int,
  type Params,
  toStored,
} from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { encodeTime } from '../../src/storage/codec.js';
import { encodeDistribution } from '../../src/storage/distributions.js';

/** Reports of each trial that ran to its end. */
export const STEPS = 5;

const SPACE: Readonly<Record<string, Distribution>> = {
  lr: float(1e-5, 1, { log: true }),
  weight_decay: float(1e-6, 1e-1, { log: true }),
  momentum: float(0, 0.99),
  dropout: float(0, 0.8),
  layers: int(1, 12),
  units: int(16, 1024, { log: true }),
  optimizer: categorical(['sgd', 'adam', 'lion']),
  activation: categorical(['relu', 'gelu', 'tanh', 'silu']),
};

export const DISTRIBUTIONS = Object.entries(SPACE).map(([name, distribution]) => ({
  name,
  json: encodeDistribution(distribution),
}));

/** The same space for people. The trainer reports five steps and ends at once. */
export function sweepFile(sampler: string): string {
  return `study: large
objective: {metric: loss, direction: minimize}
trainer: {command: [sh, -c, 'for s in 1 2 3 4 5; do echo "METRIC step=$s loss=0.$s accuracy=0.$s"; done']}
sampler: ${sampler}
parameters:
  lr: {min: 1e-5, max: 1, log: true}
  weight_decay: {min: 1e-6, max: 1e-1, log: true}
  momentum: {min: 0, max: 0.99}
  dropout: {min: 0, max: 0.8}
  layers: {min: 1, max: 12, int: true}
  units: {min: 16, max: 1024, int: true, log: true}
  optimizer: {values: [sgd, adam, lion]}
  activation: {values: [relu, gelu, tanh, silu]}
devices: cpu
max_concurrent: 1
`;
}

export type MadeTrial = {
  readonly number: number;
  readonly params: Params;
  readonly state: 'COMPLETE' | 'PRUNED' | 'FAIL';
  readonly value: number | null;
  readonly curve: readonly number[];
  readonly accuracy: readonly number[];
  readonly reason: string | null;
  readonly cause: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly startedAt: string;
  readonly finishedAt: string;
};

const BEGIN = Date.UTC(2025, 0, 1);

/** Trials as a sweep leaves them: most are complete, some pruned, few failed. The same each time. */
export function* makeTrials(count: number): Generator<MadeTrial> {
  const rng = makeRng(1, 'scale');
  for (let number = 0; number < count; number++) {
    const u = Array.from({ length: 8 }, () => rng.float());
    const at = (k: number) => u[k] as number;
    const params = {
      lr: 10 ** (-5 + 5 * at(0)),
      weight_decay: 10 ** (-6 + 5 * at(1)),
      momentum: 0.99 * at(2),
      dropout: 0.8 * at(3),
      layers: 1 + Math.floor(12 * at(4)),
      units: Math.floor(16 * 64 ** at(5)),
      optimizer: (['sgd', 'adam', 'lion'] as const)[Math.floor(3 * at(6))] as string,
      activation: (['relu', 'gelu', 'tanh', 'silu'] as const)[Math.floor(4 * at(7))] as string,
    };
    const loss = (at(0) - 0.6) ** 2 + 0.3 * (at(2) - 0.8) ** 2 + 0.1 * at(3) + 0.02 * rng.float();
    const state = number % 50 === 7 ? 'FAIL' : number % 4 === 3 ? 'PRUNED' : 'COMPLETE';
    const steps = state === 'COMPLETE' ? STEPS : state === 'PRUNED' ? 2 : 1;
    const curve = Array.from({ length: steps }, (_, k) => loss + 0.5 / (k + 1) - 0.5 / STEPS);
    const startedAtMs = BEGIN + 400 * number;
    const finishedAtMs = startedAtMs + 1000 * steps;
    yield {
      number,
      params,
      state,
      value: state === 'FAIL' ? null : (curve.at(-1) as number),
      curve,
      accuracy: curve.map((value) => 1 / (1 + value)),
      reason:
        state === 'FAIL'
          ? 'exit code 1'
          : state === 'PRUNED'
            ? `worse than the median at step ${steps}`
            : null,
      cause: state === 'FAIL' ? 'failed' : state === 'PRUNED' ? 'pruned' : 'completed',
      startedAtMs,
      finishedAtMs,
      startedAt: encodeTime(startedAtMs),
      finishedAt: encodeTime(finishedAtMs),
    };
  }
}

/** A value as Optuna stores it. */
export function storedValue(name: string, params: Params): number {
  return toStored(SPACE[name] as Distribution, params[name] ?? null);
}
