import { cardinality } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import type { Sampler } from '../sampler.js';

/** What `auto` picks from. */
export type Parts = { readonly gp: Sampler; readonly tpe: Sampler };
export type Pick = { readonly picked: keyof Parts; readonly why: string };

/** Beyond so many finished configurations a Gaussian process no longer uses them all. */
const MANY_CONFIGURATIONS = 300;
/** Beyond so many parameters its length scales cannot be learned from the trials that a study has. */
const MANY_PARAMETERS = 60;

/**
 * Picks the sampler for each proposal from the space and the history alone, so that a resumed study picks the same;
 * what it picked, and why, stands in the proposal's attributes `picked` and `why`.
 */
export function makeAuto(parts: Parts): Sampler {
  return {
    sample(space, view, at) {
      const { picked, why } = pick(space, view);
      const proposal = parts[picked].sample(space, view, at);
      if ('exhausted' in proposal) return proposal;
      return { ...proposal, attrs: { ...proposal.attrs, picked, why } };
    },
  };
}

/** The rule: gp finds more from few trials, tpe stays quick with many trials and parameters. */
export function pick(space: Space, view: StudyView): Pick {
  const free = space.params.filter(({ distribution }) => cardinality(distribution) > 1).length;
  if (view.directions.length > 1) return { picked: 'tpe', why: 'several objectives, and gp models one' };
  if (free > MANY_PARAMETERS) return { picked: 'tpe', why: `more than ${MANY_PARAMETERS} parameters` };
  const finished = view.configs.filter(({ values }) => values !== null).length;
  if (finished >= MANY_CONFIGURATIONS) {
    return { picked: 'tpe', why: `${MANY_CONFIGURATIONS} finished configurations or more` };
  }
  return {
    picked: 'gp',
    why: `at most ${MANY_PARAMETERS} parameters and fewer than ${MANY_CONFIGURATIONS} finished configurations`,
  };
}
