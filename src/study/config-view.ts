import type { ConfigView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { combine } from '../results/combine.js';
import type { ConfigRecord, TrialRecord } from '../storage/storage.js';

/** Returns a configuration with the combined result of its trials. */
export function makeConfigView(
  config: Pick<ConfigRecord, 'index' | 'params' | 'key' | 'attrs'>,
  trials: readonly (TrialView & Pick<TrialRecord, 'violations'>)[],
): ConfigView {
  return {
    index: config.index,
    params: config.params,
    key: config.key,
    ...combine(trials),
    trials,
    attrs: config.attrs,
  };
}
