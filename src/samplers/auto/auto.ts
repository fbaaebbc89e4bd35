import { cardinality } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { predictedView } from '../../curves/predicted-view.js';
import type { Sampler } from '../sampler.js';
import { COMPLETE, rankKeyOf } from '../trial-ranking.js';

/** The samplers that `auto` chooses between. */
export type Parts = { readonly gp: Sampler; readonly tpe: Sampler };
export type SamplerChoice = { readonly picked: keyof Parts; readonly why: string };

/** With this many finished configurations or more, a Gaussian process no longer uses all of them. */
const MANY_CONFIGURATIONS = 300;
/** With more parameters than this, a study has too few trials to learn the length scales. */
const MANY_PARAMETERS = 60;
/** gp models the front of so many objectives at most. */
const MOST_OBJECTIVES = 3;
/** A search has stalled when this many configurations in a row, and this share of all, brought no improvement. */
const REST = { least: 8, share: 0.15 };

/**
 * Returns a sampler that selects another sampler for each proposal. The selection depends only on the space and the
 * history, so a resumed study selects the same. The attributes `picked` and `why` of a proposal record it.
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
 * Returns the sampler to use for trial `index`, with the reason. gp finds more from few trials; tpe stays fast with many
 * trials and parameters. Where gp has stalled, tpe makes every other proposal: either the model is wrong there (many
 * optima, edges), and densities that assume no smoothness do better, or gp has converged and nothing is lost.
 */
export function pick(space: Space, view: StudyView, index: number): SamplerChoice {
  const free = space.params.filter(({ distribution }) => cardinality(distribution) > 1).length;
  const objectives = view.directions.length;
  if (objectives > MOST_OBJECTIVES) return { picked: 'tpe', why: `more than ${MOST_OBJECTIVES} objectives` };
  if (free > MANY_PARAMETERS) return { picked: 'tpe', why: `more than ${MANY_PARAMETERS} parameters` };
  const known = progress(view);
  if (known.finished >= MANY_CONFIGURATIONS) {
    return { picked: 'tpe', why: `${MANY_CONFIGURATIONS} finished configurations or more` };
  }
  const { finished, since } = view.configs.some(isPaused) ? progress(predictedView(view, space)) : known;
  // Of several objectives, nearly every result enlarges the front.
  if (objectives === 1 && index % 2 === 1 && since >= Math.max(REST.least, REST.share * finished)) {
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

function isPaused({ trials }: ConfigView): boolean {
  return trials.some(({ pausedAt }) => (pausedAt ?? null) !== null);
}

/**
 * Number of configurations with a value, and how many came since the best complete one that keeps all metric constraints. One that is
 * known to come to the value of another, whose reports it has, counts as a result that is no better; any other forecast is none.
 */
function progress({ configs, directions }: StudyView): { finished: number; since: number } {
  const sign = directions[0] === 'maximize' ? -1 : 1;
  let best = Number.POSITIVE_INFINITY;
  let finished = 0;
  let since = 0;
  for (const config of configs) {
    const isForecast = config.state === 'running' && config.trialCount === 0;
    if (config.values === null || (isForecast && config.std?.[0] !== 0)) continue;
    const { tier, first } = rankKeyOf(config, sign);
    const loss = tier === COMPLETE ? first : Number.POSITIVE_INFINITY;
    since = loss < best ? 0 : since + 1;
    if (loss < best) best = loss;
    finished++;
  }
  return { finished, since };
}
