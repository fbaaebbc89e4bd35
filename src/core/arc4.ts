const STATES = 256;
const MASK = 255;
/** 2^52: a numerator from here on fills every bit of a number in [0, 1). */
const FULL = 2 ** 52;
const IN_ORDER: readonly number[] = Array.from({ length: STATES }, (_, k) => k);

/**
 * ARC4 without its first 256 numbers, seeded by text, as the package seedrandom has it: the same numbers to the last bit, at a
 * fifth of its cost. Every proposal begins with a new generator, and most draw few numbers.
 */
export class Arc4 {
  readonly #state: number[];
  #i = 0;
  #j = 0;

  constructor(seed: string) {
    const key = keyOf(seed);
    const state = IN_ORDER.slice();
    for (let i = 0, j = 0, k = 0; i < STATES; i++) {
      const own = state[i] as number;
      j = MASK & (j + own + (key[k] as number));
      state[i] = state[j] as number;
      state[j] = own;
      if (++k === key.length) k = 0;
    }
    this.#state = state;
    this.#digits(STATES);
  }

  /** Returns a number in [0, 1) with 53 random bits. */
  next(): number {
    // Six digits have 48 bits; more are added until the numerator has them all.
    let numerator = this.#digits(6);
    let denominator = 2 ** 48;
    let last = 0;
    while (numerator < FULL) {
      numerator = (numerator + last) * STATES;
      denominator *= STATES;
      last = this.#digits(1);
    }
    while (numerator >= 2 * FULL) {
      numerator /= 2;
      denominator /= 2;
      last >>>= 1;
    }
    return (numerator + last) / denominator;
  }

  /** Returns the next numbers from 0 to 255 as the digits of one, the first the highest. */
  #digits(count: number): number {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    let number = 0;
    for (let k = 0; k < count; k++) {
      i = MASK & (i + 1);
      const a = state[i] as number;
      j = MASK & (j + a);
      const b = state[j] as number;
      state[i] = b;
      state[j] = a;
      number = number * STATES + (state[MASK & (a + b)] as number);
    }
    this.#i = i;
    this.#j = j;
    return number;
  }
}

/** Returns the bytes of a seed; those beyond the 256th are mixed into the first ones. */
function keyOf(seed: string): readonly number[] {
  const key: number[] = [];
  let smear = 0;
  for (let k = 0; k < seed.length; k++) {
    const at = MASK & k;
    smear ^= k < STATES ? 0 : (key[at] as number) * 19;
    key[at] = MASK & (smear + seed.charCodeAt(k));
  }
  return seed === '' ? [0] : key;
}
