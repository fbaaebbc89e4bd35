import type { Params, ParamValue } from '../core/distribution.js';
import { effectiveNames, type Space } from '../core/space.js';
import type { ConfigRecord, OpenedTrial } from '../storage/storage.js';
import { proposedFor } from './ask/proposed-point.js';

/** Returns the parameters that the trainer of a configuration gets, in the order of the space. */
export function effectiveParams(space: Space, config: Pick<ConfigRecord, 'params' | 'forced'>): Params {
  const all: Params = { ...config.params, ...config.forced };
  const names = effectiveNames(space);
  const own = Object.keys(all);
  // Mostly they are in order, and nobody has the copy.
  if (own.length === names.length && own.every((name, k) => name === names[k])) return all;
  const effective: Record<string, ParamValue> = {};
  for (const name of names) if (Object.hasOwn(all, name)) effective[name] = all[name] as ParamValue;
  // Last come those that the space no longer has.
  for (const name of own) if (!Object.hasOwn(effective, name)) effective[name] = all[name] as ParamValue;
  return effective;
}

/** Returns what a trial gets. In a define-by-run study these are the values that it may ask for. */
export function trialParams(space: Space, { config, trial }: Pick<OpenedTrial, 'config' | 'trial'>): Params {
  const proposed = proposedFor(config);
  return proposed ? { ...proposed, ...trial.params } : effectiveParams(space, config);
}
