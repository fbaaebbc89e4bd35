import { type Distribution, type Params, toStored } from '../../src/core/distribution.js';
import type { Direction } from '../../src/core/trial.js';
import type { StoredParams, TrialMessage } from '../../src/proposals/messages.js';
import { Proposer } from '../../src/proposals/proposer.js';

type Opening = {
  readonly sampler?: string;
  readonly seed?: number;
  readonly directions?: readonly Direction[];
  readonly declared?: boolean;
};

/** Opens a study of another program. */
export function proposerFor({
  sampler = 'tpe',
  seed = 7,
  directions = ['minimize'],
  declared = true,
}: Opening): Promise<Proposer> {
  return Proposer.open({ type: 'open', study: 's', sampler, options: {}, seed, directions, declared });
}

/** A trial as a client tells it, complete unless `more` says otherwise. */
export function trialMessage(
  number: number,
  params: StoredParams,
  more: Partial<TrialMessage> = {},
): TrialMessage {
  return {
    number,
    state: 'complete',
    params,
    values: [number],
    violations: [],
    steps: [],
    proposal: null,
    ...more,
  };
}

/** Values as they are trialMessage. */
export function stored(distributions: Readonly<Record<string, Distribution>>, params: Params): StoredParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, toStored(distributions[name]!, value)]),
  );
}
