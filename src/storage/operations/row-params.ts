import type { Params } from '../../core/distribution.js';
import { toParams } from '../codec.js';
import { num, type Operation, type Row } from '../statement.js';
import { storedParams } from '../stored-json.js';
import { countParams, readParams, type Selection } from './reading.js';

/**
 * The parameters of the selected trials, by trial id. Those of hpo are read from its configuration, which is one text, where
 * the trial has as many: only a trial that named parameters itself has more.
 */
export function* readRowParams(
  trials: readonly Row[],
  selection: Selection,
): Operation<ReadonlyMap<number, Params>> {
  const counts = yield* countParams(selection);
  const own = new Map(trials.map((row) => [num(row, 'trial_id'), storedParams(row, 'params_json')]));
  const isOwn = ([id, params]: [number, Params]) => Object.keys(params).length === (counts.get(id) ?? 0);
  if ([...own].every(isOwn)) return own;
  const all = yield* readParams(selection);
  return new Map([...own.keys()].map((id) => [id, toParams(all.get(id) ?? [])]));
}
