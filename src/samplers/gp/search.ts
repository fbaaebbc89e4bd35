import { encodingOf } from '../../core/encoding/encoding.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import { noted } from '../transfer/noted.js';
import type { Acquisition } from './acquisition.js';
import { bestOf, modelOf, remember } from './fitted.js';

/** What a proposal is searched with. */
export type Search = {
  readonly acquisition: Acquisition;
  /** Codes of good configurations, from which the search also begins. */
  readonly anchors: readonly Float64Array[];
  /** Keys of all configurations. */
  readonly held: ReadonlySet<string>;
  readonly running: readonly Float64Array[];
  /** What the next fit starts from. */
  readonly attrs: ConfigView['attrs'];
};

/** Returns the search for the best value of one objective; null without any observation. */
export function searchForBest(space: Space, view: StudyView): Search | null {
  const fitted = modelOf(space, view);
  if (!fitted) return null;
  const { history, model } = fitted;
  const { held, running } = history;
  const anchors = bestOf(history, encodingOf(space));
  const { acquisition, theta, transferred } = model;
  return { acquisition, anchors, held, running, attrs: { ...remember(theta), ...noted(transferred) } };
}
