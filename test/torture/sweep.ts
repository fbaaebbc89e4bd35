import { LOSS_LIMIT } from './expected.js';
import { here, TortureFolder } from './folder.js';

/** A folder with a grid of x = 1..trials over trainer.sh, whose pruner stops what trainer.sh lets be pruned. */
export function makeTortureSweep(trials: number, slots: number, pauseS: number): TortureFolder {
  return new TortureFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'torture',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: {
        command: ['sh', here('trainer.sh'), '${overrides}'],
        env: { TORTURE_PAUSE_S: String(pauseS) },
      },
      sampler: 'grid',
      pruner: { name: 'threshold', upper: LOSS_LIMIT },
      devices: 'cpu',
      max_concurrent: slots,
      parameters: { x: Array.from({ length: trials }, (_, k) => k + 1) },
    }),
  });
}
