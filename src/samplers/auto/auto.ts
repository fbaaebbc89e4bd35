import { cardinality } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import type { Sampler } from '../sampler.js';
import { COMPLETE, rankKeyOf } from '../trial-ranking.js';

/** What `auto` picks from. */
export type Parts = { readonly gp: Sampler; readonly tpe: Sampler };
export type SamplerChoice = { readonly picked: keyof Parts; readonly why: string };

/** Beyond so many finished configurations a Gaussian process no longer uses them all. */
const MANY_CONFIGURATIONS = 300;
/** Beyond so many parameters its length scales cannot be learned from the trials that a study has. */
const MANY_PARAMETERS = 60;
/** A search rests when so many configurations in a row, and this share of all, brought nothing better. */
const REST = { least: 8, share: 0.15 };

/**
 * Picks the sampler for each proposal from the space and the history alone, so that a resumed study picks the same;
 * what it picked, and why, stands in the proposal's attributes `picked` and `why`.
 */
export function makeAuto(parts: Parts): Sampler {
  return {
    sample(space, view, at) {
      const { picked, why } = pick(space, view, at.index);
      const proposal = parts[picked].sample(space, view, at);
      if ('exhausted' in proposal) return proposal;
      return { ...proposal, attrs: { ...proposal.attrs, picked, why } };
    },
  };
}

/**
 * The rule: gp finds more from few trials, tpe stays quick with many trials and parameters. Where gp finds nothing better
 * for a while, every other proposal is tpe's: either the model is wrong there (many optima, edges), and densities that
 * assume no smoothness do better, or gp has converged and nothing is lost.
 */
export function pick(space: Space, view: StudyView, index: number): SamplerChoice {
  const free = space.params.filter(({ distribution }) => cardinality(distribution) > 1).length;
  if (view.directions.length > 1) return { picked: 'tpe', why: 'several objectives, and gp models one' };
  if (free > MANY_PARAMETERS) return { picked: 'tpe', why: `more than ${MANY_PARAMETERS} parameters` };
  const { finished, since } = progress(view);
  if (finished >= MANY_CONFIGURATIONS) {
    return { picked: 'tpe', why: `${MANY_CONFIGURATIONS} finished configurations or more` };
  }
  if (index % 2 === 1 && since >= Math.max(REST.least, REST.share * finished)) {
    return {
      picked: 'tpe',
      why: "nothing better was found for a while, so every other proposal is not gp's",
    };
  }
  return {
    picked: 'gp',
    why: `at most ${MANY_PARAMETERS} parameters and fewer than ${MANY_CONFIGURATIONS} finished configurations`,
  };
}

/** How many configurations have a value, and how many of them came since the best complete one that keeps every limit. */
function progress({ configs, directions }: StudyView): { finished: number; since: number } {
  const sign = directions[0] === 'maximize' ? -1 : 1;
  let best = Number.POSITIVE_INFINITY;
  let finished = 0;
  let since = 0;
  for (const config of configs) {
    if (config.values === null) continue;
    const { tier, first } = rankKeyOf(config, sign);
    const loss = tier === COMPLETE ? first : Number.POSITIVE_INFINITY;
    since = loss < best ? 0 : since + 1;
    if (loss < best) best = loss;
    finished++;
  }
  return { finished, since };
}
