import { LOSS_LIMIT } from './expected.js';
import { here, TortureFolder } from './folder.js';

/**
 * Both end with each x once. `grid` looks at no results, so that one transaction asks; `tpe` is asked under an index that a
 * transaction of its own allots.
 */
export const SAMPLERS = ['grid', 'tpe'] as const;

export type TortureSweep = {
  readonly trials: number;
  readonly slots: number;
  readonly pauseS: number;
  readonly sampler: (typeof SAMPLERS)[number];
};

/** A folder with a sweep of x = 1..trials over trainer.sh, whose pruner stops what trainer.sh lets be pruned. */
export function makeTortureSweep({ trials, slots, pauseS, sampler }: TortureSweep): TortureFolder {
  return new TortureFolder({
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
