import type { ParamValue } from '../core/distribution.js';
import { encodingOf } from '../core/encoding/encoding.js';
import { paramText } from '../core/param-text.js';
import type { RankedConfiguration, ResultsModel } from './results-model.js';

/** With fewer configurations, all of them lie at an edge by chance. */
const FEWEST = 3;
/** Parameters of fewer values have nothing but edges. */
const FEWEST_LEVELS = 4;
/** What counts as the edge, as a part of the range; of its logarithm for log ranges. */
const EDGE = 0.01;

/** Returns the best configurations of one objective: a tenth of those with a result, and at least three where there are as many. */
export function bestTenth(results: ResultsModel): readonly RankedConfiguration[] {
  const { configurations } = results;
  return results.best(Math.max(FEWEST, Math.round(configurations.ranks.all().length / 10)));
}

/** Returns a note for each parameter whose range ends where all of the best configurations lie. None for several objectives. */
export function edgeNotes(results: ResultsModel): string[] {
  const { space, spec } = results.study;
  const best = spec.objectives.length > 1 ? [] : bestTenth(results);
  if (best.length < FEWEST) return [];
  const distributions = new Map(space.params.map((param) => [param.name, param.distribution]));
  return encodingOf(space).axes.flatMap(({ name, kind, levels, encode, decode }) => {
    if (kind === 'choice' || levels < FEWEST_LEVELS) return [];
    const codes = best.map(({ params }) => {
      const value: ParamValue | undefined = Object.hasOwn(params, name) ? params[name] : undefined;
      return (value === undefined ? null : encode(value)) ?? 0.5;
    });
    const [edge, end] = codes.every((code) => code <= EDGE)
      ? (['minimum', 0] as const)
      : codes.every((code) => code >= 1 - EDGE)
        ? (['maximum', 1] as const)
        : [null, 0];
    if (edge === null) return [];
    const d = distributions.get(name);
    const value = d && 'low' in d ? [d.low, d.high][end] : decode(end);
    return [
      `the best ${best.length} configurations have ${name} at its ${edge} ${paramText(value ?? null)}: a wider range may hold better ones`,
    ];
  });
}
