import { usageError } from '../core/errors.js';
import { booleanArgument, refuseUnknown, trialNumbers } from './arguments.js';
import type { Control } from './control.js';
import { noSuchTrial } from './find-trial.js';

type HideArguments = { readonly trials: readonly number[]; readonly show: boolean };

/** Each trial takes a transaction. */
const MAX_TRIALS = 1_000;

export const hide: Control<HideArguments> = {
  name: 'hide',
  summary:
    'Leave trials out of plots and of the page of hpo dashboard, or show them again. Lists mark them; what is best does not change.',
  arguments: [
    { name: 'trials', type: 'trials', required: true, help: 'numbers of the trials' },
    { name: 'show', type: 'boolean', required: false, help: 'show them again' },
  ],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    const args = { trials: trialNumbers(raw, 'trials'), show: booleanArgument(raw, 'show') };
    if (args.trials.length > MAX_TRIALS)
      throw usageError(
        'hide.too-many',
        `expected at most ${MAX_TRIALS} trials at once, got ${args.trials.length}`,
      );
    return args;
  },
  async apply({ storage, study }, { trials, show }) {
    const change = { note: null, addTags: [], removeTags: [], hidden: !show };
    for (const trial of trials)
      if (!(await storage.annotate(study.id, trial, change))) throw noSuchTrial(study.name, trial);
    const which =
      trials.length === 1 ? `trial ${trials[0]} is` : `trials ${trials.slice(0, 20).join(', ')} are`;
    return {
      text: `${which} ${show ? 'shown' : 'hidden'}`,
      data: { study: study.name, trials, hidden: !show },
    };
  },
};
