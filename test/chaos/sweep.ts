import { LOSS_LIMIT } from './expected.js';
import { ChaosFolder, here } from './folder.js';

/**
 * Both end with each x once. `grid` needs no results, so one transaction asks. `tpe` asks under an index that a separate
 * transaction reserves.
 */
export const SAMPLERS = ['grid', 'tpe'] as const;

export type ChaosSweep = {
  readonly trials: number;
  readonly slots: number;
  readonly pauseS: number;
  readonly sampler: (typeof SAMPLERS)[number];
};

/** Makes a folder with a sweep of x = 1..trials over trainer.sh. Its pruner stops the trials that trainer.sh marks for it. */
export function makeChaosSweep({ trials, slots, pauseS, sampler }: ChaosSweep): ChaosFolder {
  return new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'torture',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: {
        command: ['sh', here('trainer.sh'), '${overrides}'],
        env: { TORTURE_PAUSE_S: String(pauseS) },
      },
      sampler,
      pruner: { name: 'threshold', upper: LOSS_LIMIT },
      devices: 'cpu',
      max_concurrent: slots,
      parameters: { x: Array.from({ length: trials }, (_, k) => k + 1) },
    }),
  });
}
