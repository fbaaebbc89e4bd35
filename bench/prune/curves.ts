import { makeRng } from '../../src/core/rng.js';

/** A family of learning curves; losses, lower is better. */
export type Family = {
  readonly name: string;
  readonly text: string;
  readonly epochs: number;
  /** Number of configurations in a sweep. */
  readonly configurations: number;
  /** Returns the reported losses of one configuration, by epoch from 1 on, and its true value. */
  readonly draw: (
    seed: number,
    configuration: number,
  ) => { readonly losses: number[]; readonly truth: number };
};

const EPOCHS = 50;
const CONFIGURATIONS = 100;

/** Returns losses that fall exponentially from 1 to `end`, at a rate per epoch, with noise of a standard deviation. */
function falling(end: number, rate: number, noise: () => number): number[] {
  return Array.from({ length: EPOCHS }, (_, t) => end + (1 - end) * Math.exp(-rate * (t + 1)) + noise());
}

/** Draws three parameters, uniform; most configurations are poor, few are near the best. */
function drawn(seed: number, configuration: number, family: string) {
  const rng = makeRng(seed, family, configuration);
  const x = [rng.float(), rng.float(), rng.float()] as const;
  const center = [0.3, 0.6, 0.5] as const;
  const distance = Math.sqrt(x.reduce((sum, v, k) => sum + (v - (center[k] as number)) ** 2, 0));
  return { rng, x, end: 0.05 + 0.6 * distance };
}

function family(
  name: string,
  text: string,
  make: (at: ReturnType<typeof drawn>) => { losses: number[]; truth: number },
): Family {
  return {
    name,
    text,
    epochs: EPOCHS,
    configurations: CONFIGURATIONS,
    draw: (seed, configuration) => make(drawn(seed, configuration, name)),
  };
}

/** Kinds of learning curves, from easy to hard for an early decision. */
export const families: readonly Family[] = [
  family('steady', 'all learn at similar rates: the early leader stays ahead', ({ rng, x, end }) => ({
    losses: falling(end, 0.1 + 0.05 * x[0], () => 0.005 * rng.normal()),
    truth: end,
  })),
  family('noisy', 'the same with strong noise from epoch to epoch', ({ rng, x, end }) => ({
    losses: falling(end, 0.1 + 0.05 * x[0], () => 0.05 * rng.normal()),
    truth: end,
  })),
  family('crossing', 'slow learners end better: curves cross in the first half', ({ rng, x, end }) => {
    const slow = x[1];
    const truth = end * (1.3 - 0.6 * slow);
    return { losses: falling(truth, 0.3 - 0.22 * slow, () => 0.005 * rng.normal()), truth };
  }),
  family(
    'late drop',
    'after 60 % of the epochs the learning rate falls, and each gains a different amount',
    ({ rng, x, end }) => {
      const gain = 0.15 * x[2];
      const losses = falling(end, 0.12, () => 0.01 * rng.normal());
      const dropped = losses.map((loss, t) => (t < 0.6 * EPOCHS ? loss : loss - gain));
      return { losses: dropped, truth: end - gain };
    },
  ),
  family(
    'diverging',
    'one in four diverges at some epoch and reports NaN from there on',
    ({ rng, x, end }) => {
      const from = rng.float() < 0.25 ? rng.int(EPOCHS) : EPOCHS;
      const losses = falling(end, 0.1 + 0.05 * x[0], () => 0.01 * rng.normal());
      return {
        losses: losses.map((loss, t) => (t < from ? loss : Number.NaN)),
        truth: from < EPOCHS ? 1 : end,
      };
    },
  ),
];

/** Not a curve: the loss on each of 50 instances, some hard and some easy; a trial's value is their mean. */
export const instances: Family = family(
  'instances',
  'each step is the loss on one instance, and the value of a trial is their mean',
  ({ rng, end }) => {
    const losses = Array.from({ length: EPOCHS }, (_, k) => {
      const difficulty = makeRng(0, 'difficulty', k).float();
      return end + difficulty + 0.1 * rng.normal();
    });
    return { losses, truth: end };
  },
);
