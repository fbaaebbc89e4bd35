import { ChaosFolder, here } from './folder.js';

/** How many trials each sweep has at most, and the steps of a full one. */
export const TRIALS = 9;
export const STEPS = 9;
/** Members of a population, and the steps between two comparisons. */
export const POPULATION = 4;
const INTERVAL = 2;
const PAUSE_S = 0.01;
/** One that ignores its target and never rests would always be saving. */
const LONG_PAUSE_S = 0.05;

/** What a trainer does beside reporting, saving and ending at its target; see scheduled.sh. */
export type TrainerKind = 'obeys' | 'ignores' | 'slow' | 'crashes';

export type ScheduledSweep = {
  readonly scheduler: 'asha' | 'hyperband' | 'epochs' | 'auto' | 'pbt';
  readonly trainer: TrainerKind;
  /** The checkpoints of how many of the best trials are kept. */
  readonly kept: number;
  readonly slots: number;
};

const onSlots = (sweep: Omit<ScheduledSweep, 'slots'>): readonly ScheduledSweep[] =>
  [1, 3].map((slots) => ({ ...sweep, slots }));

/** Every scheduler with a trainer that obeys it. */
export const EVERY_SCHEDULER = (['asha', 'hyperband', 'pbt', 'epochs', 'auto'] as const).flatMap(
  (scheduler) => onSlots({ scheduler, trainer: 'obeys', kept: 0 }),
);

/** Trainers that do not obey, with a scheduler that continues trials and with one that copies checkpoints. */
export const EVERY_TRAINER = (['crashes', 'ignores', 'slow'] as const).flatMap((trainer) =>
  (['asha', 'pbt'] as const).flatMap((scheduler) => onSlots({ scheduler, trainer, kept: 0 })),
);

/** Sweeps with more complete trials than checkpoints are kept of. */
export const KEPT = (['epochs', 'pbt'] as const).flatMap((scheduler) =>
  onSlots({ scheduler, trainer: 'obeys', kept: 3 }),
);

/** Whether with one slot the sweep is the same each time: a trainer that ignores its target is ended a little later or earlier. */
export function isExact({ trainer, slots }: ScheduledSweep): boolean {
  return slots === 1 && (trainer === 'obeys' || trainer === 'crashes');
}

/** Returns a folder with the sweep. */
export function makeFolder({ scheduler, trainer, kept, slots }: ScheduledSweep): ChaosFolder {
  return new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'schedules',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: {
        command: ['sh', here('scheduled.sh'), '${overrides}'],
        env: {
          TORTURE_PAUSE_S: String(trainer === 'obeys' || trainer === 'crashes' ? PAUSE_S : LONG_PAUSE_S),
          TORTURE_TRAINER: trainer,
        },
      },
      ...searchOf(scheduler, kept),
      ...(kept > 0 ? { checkpoints: { keep: `best ${kept}` } } : {}),
      max_steps: STEPS,
      trials: TRIALS,
      retries: 50,
      devices: 'cpu',
      max_concurrent: slots,
    }),
  });
}

function searchOf(scheduler: ScheduledSweep['scheduler'], kept: number) {
  const grid = { x: Array.from({ length: TRIALS }, (_, k) => k + 1) };
  const range = { x: { int: true, min: 1, max: 500 } };
  switch (scheduler) {
    case 'asha':
      return { scheduler, sampler: 'tpe', parameters: grid };
    case 'hyperband':
      return { scheduler, sampler: 'grid', parameters: grid };
    case 'epochs':
      return {
        scheduler: { name: scheduler, steps: 2, keep: kept > 0 ? kept + 2 : 2 },
        sampler: 'grid',
        parameters: grid,
      };
    case 'auto':
      return { scheduler, sampler: 'auto', parameters: range };
    case 'pbt':
      return {
        scheduler: { name: scheduler, population: POPULATION, interval: INTERVAL },
        sampler: 'random',
        parameters: range,
      };
  }
}
