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
  readonly slots: number;
};

const onSlots = (sweep: Pick<ScheduledSweep, 'scheduler' | 'trainer'>): readonly ScheduledSweep[] =>
  [1, 3].map((slots) => ({ ...sweep, slots }));

/** Every scheduler with a trainer that obeys it. */
export const EVERY_SCHEDULER = (['asha', 'hyperband', 'pbt', 'epochs', 'auto'] as const).flatMap(
  (scheduler) => onSlots({ scheduler, trainer: 'obeys' }),
);

/** Trainers that do not obey, with a scheduler that continues trials and with one that copies checkpoints. */
export const EVERY_TRAINER = (['crashes', 'ignores', 'slow'] as const).flatMap((trainer) =>
  (['asha', 'pbt'] as const).flatMap((scheduler) => onSlots({ scheduler, trainer })),
);

/** Whether with one slot the sweep is the same each time: a trainer that ignores its target is ended a little later or earlier. */
export function isExact({ trainer, slots }: ScheduledSweep): boolean {
  return slots === 1 && (trainer === 'obeys' || trainer === 'crashes');
}

/** Returns a folder with the sweep. */
export function makeFolder({ scheduler, trainer, slots }: ScheduledSweep): ChaosFolder {
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
      ...searchOf(scheduler),
      max_steps: STEPS,
      trials: TRIALS,
      retries: 50,
      devices: 'cpu',
      max_concurrent: slots,
    }),
  });
}

function searchOf(scheduler: ScheduledSweep['scheduler']) {
  const grid = { x: Array.from({ length: TRIALS }, (_, k) => k + 1) };
  const range = { x: { int: true, min: 1, max: 500 } };
  switch (scheduler) {
    case 'asha':
      return { scheduler, sampler: 'tpe', parameters: grid };
    case 'hyperband':
      return { scheduler, sampler: 'grid', parameters: grid };
    case 'epochs':
      return { scheduler: { name: scheduler, steps: 2, keep: 2 }, sampler: 'grid', parameters: grid };
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
