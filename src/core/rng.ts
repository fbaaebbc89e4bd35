import seedrandom from 'seedrandom';

/** A source of random numbers that depends on its seed alone. */
export interface Rng {
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Standard normal. */
  normal(): number;
}

/** A generator that can be made again elsewhere: from its seed, before its first draw. */
export interface SeededRng extends Rng {
  readonly seed: string;
  /** Numbers drawn so far. */
  readonly drawn: number;
  /** Leaves out this many numbers, which another generator of the same seed has drawn. */
  skip(count: number): void;
}

/**
 * Returns the generator for a purpose, derived from a seed and labels. The same arguments give the same numbers on every
 * machine and Node version: seedrandom's ARC4 uses integer arithmetic, and the rest only sqrt, log and cos.
 */
export function makeRng(seed: number, ...labels: readonly (string | number)[]): SeededRng {
  return makeRngAgain([seed, ...labels].join('/'));
}

/** Returns the generator with this seed (`SeededRng.seed`). */
export function makeRngAgain(seed: string): SeededRng {
  const draw = seedrandom(seed);
  let drawn = 0;
  let left = 0;
  const next = () => {
    for (; left > 0; left--) draw();
    drawn++;
    return draw();
  };
  const float = () => next();
  return {
    seed,
    get drawn() {
      return drawn;
    },
    skip(count) {
      drawn += count;
      left += count;
    },
    float,
    int: (n) => Math.min(n - 1, Math.floor(next() * n)),
    normal: () => {
      // Box and Muller (1958); 1 - u keeps the logarithm finite. The second value is dropped: a generator without
      // hidden state of its own is easier to reason about than one saved cosine.
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return radius * Math.cos(2 * Math.PI * next());
    },
  };
}

/** Returns the numbers 0 to n - 1 in random order (Fisher and Yates, as in Knuth, TAOCP 2, 3.4.2 P). */
export function shuffled(n: number, rng: Rng): number[] {
  const order = Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const other = rng.int(k + 1);
    [order[k], order[other]] = [order[other] as number, order[k] as number];
  }
  return order;
}

/** Returns a trainer's seed: an integer in [0, 2^31), derived from the study's seed for repeat r. */
export function trainerSeed(studySeed: number, repeat: number): number {
  return makeRng(studySeed, 'trainer-seed', repeat).int(2 ** 31);
}
