import { mean } from '../core/stats.js';
import { twoSidedT } from '../core/student-t.js';
import { effectsOf, noiseOf } from './noise.js';

/** The chance that a race drops the configuration that is best in truth, under the model of `noiseOf` with normal noise. */
export const ERROR = 0.05;

/** The losses of a configuration by seed; null: the trial of that seed was pruned, failed, or still runs. */
export type Racer = readonly (number | null)[];

/** One more trial: of the configuration at `racer` in the list, with the seed of this index. */
export type NextSeed = { readonly racer: number; readonly seed: number };

export type Standing = {
  /** The configuration with the best mean, as if all had run with the same seeds; null when none has a value. */
  readonly leader: number | null;
  /** Those that may still be better than the leader, the most likely first. */
  readonly contenders: readonly number[];
};

/** `level`: its mean, as if all had run with the same seeds. */
type Entrant = { readonly at: number; readonly level: number; readonly used: number };
type Contender = Entrant & { readonly gap: number; readonly t: number };

/**
 * Returns which configurations may still be the best. Each is compared with the leader by the paired differences over the seeds
 * that both have values of. It is out when a one-sided t test finds the mean difference above 0, with the noise of all
 * configurations pooled. `ERROR` is shared among all configurations and all numbers of seeds (a union bound), so that it holds
 * however often one looks.
 */
export function standingOf(racers: readonly Racer[], max: number): Standing {
  const { leader, contenders } = judge(racers, max);
  return { leader: leader?.at ?? null, contenders: contenders.map(({ at }) => at) };
}

/**
 * Returns the trial that tells most about which configuration is best; null: the race is decided, or every configuration that
 * may still be the best has had its `max` seeds. Seeds are used in order, so that all share the first ones. Of the leader and
 * the one that is most likely to be better, the one with fewer seeds is next, as in LUCB (Kalyanakrishnan et al., ICML 2012).
 */
export function nextSeed(racers: readonly Racer[], max: number): NextSeed | null {
  const { leader, contenders } = judge(racers, max);
  if (leader === null) return null;
  const seedOf = ({ at, used }: Entrant): NextSeed => ({ racer: at, seed: used });
  for (const contender of contenders) {
    if (leader.used < max && leader.used <= contender.used) return seedOf(leader);
    if (contender.used < max) return seedOf(contender);
  }
  return null;
}

function judge(racers: readonly Racer[], max: number): { leader: Entrant | null; contenders: Contender[] } {
  const finite = racers.map((racer) => racer.map((loss) => (isNumber(loss) ? loss : null)));
  const effects = effectsOf(finite);
  const entrants = racers.flatMap((racer, at): Entrant[] => {
    const losses = racer.filter((loss) => loss !== null);
    if (losses.length === 0) return [];
    // A value that is infinitely bad makes the mean so.
    const level = losses.every(isNumber) ? (effects[at] as number) : Number.POSITIVE_INFINITY;
    return [{ at, level, used: racer.length }];
  });
  const [first, ...others] = entrants.sort(
    (a, b) => order(a.level, b.level) || b.used - a.used || a.at - b.at,
  );
  if (first === undefined) return { leader: null, contenders: [] };
  const noise = noiseOf(finite);
  const limit = ERROR / Math.max(1, others.length * max);
  const contenders = others.flatMap((entrant): Contender[] => {
    const gaps = differences(racers[entrant.at] as Racer, racers[first.at] as Racer);
    const gap = gaps.length === 0 ? 0 : mean(gaps);
    const known = noise.df > 0 && gaps.length > 0;
    const t = known ? gap / Math.sqrt((2 * noise.variance) / gaps.length) : Number.NaN;
    return isOut(t, noise.df, limit) ? [] : [{ ...entrant, gap, t }];
  });
  return { leader: first, contenders: contenders.sort(byChance) };
}

/** NaN: there is no noise to compare with, or no difference. */
function isOut(t: number, df: number, limit: number): boolean {
  return t > 0 && twoSidedT(t, df) / 2 < limit;
}

/** The most likely to be better than the leader first. */
function byChance(a: Contender, b: Contender): number {
  const chance = Number.isNaN(a.t) || Number.isNaN(b.t) ? order(a.gap, b.gap) : order(a.t, b.t);
  return chance || a.used - b.used || a.at - b.at;
}

/** The difference of two values with the same seed; Infinity minus itself is no difference. */
function differences(racer: Racer, leader: Racer): number[] {
  return racer.flatMap((loss, seed) => {
    const other = leader[seed] ?? null;
    return loss === null || other === null ? [] : [loss === other ? 0 : loss - other];
  });
}

const isNumber = (loss: number | null): boolean => loss !== null && Number.isFinite(loss);

// The difference of two infinities would be NaN.
const order = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
