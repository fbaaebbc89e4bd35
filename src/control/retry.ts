import { usageError } from '../core/errors.js';
import { trialList } from '../core/trial-list.js';
import { reopenFailed } from '../study/reopen-failed.js';
import { booleanArgument, refuseUnknown, trialNumber } from './arguments.js';
import type { Control } from './control.js';
import { noSuchTrial } from './find-trial.js';
import { updateStudyControl } from './stored-control.js';

/** Null: every failed trial. */
type RetryArguments = { readonly trial: number | null };

export const retry: Control<RetryArguments> = {
  name: 'retry',
  summary: 'Queue a failed trial again, or all failed trials. A running sweep starts them.',
  arguments: [
    { name: 'trial', type: 'trial', required: false, help: 'number of a failed trial' },
    { name: 'failed', type: 'boolean', required: false, help: 'all failed trials instead' },
  ],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    const all = booleanArgument(raw, 'failed');
    if (all === (raw.trial !== undefined)) {
      const got = all ? 'both' : 'neither';
      throw usageError('retry.what', `expected the number of a trial or --failed, got ${got}`, {
        fix: 'hpo retry 12, or hpo retry --failed',
      });
    }
    return { trial: all ? null : trialNumber(raw) };
  },
  async apply({ storage, study, hasCheckpoint }, { trial }) {
    const { trials } = await storage.changes(study.id, { configId: 0, trialId: 0, unfinished: [] });
    if (trial !== null) {
      const found = trials.find(({ number }) => number === trial);
      if (!found) throw noSuchTrial(study.name, trial);
      if (found.state !== 'fail')
        throw usageError(
          'retry.not-failed',
          `expected a failed trial, but trial ${trial} is ${found.pausedAt === null ? found.state : `paused at step ${found.pausedAt}`}`,
          {
            fix:
              found.pausedAt === null
                ? 'see hpo trials --state fail'
                : 'hpo optimize continues it where its scheduler wants to; hpo stop ends it',
          },
        );
    }
    const wanted = trials.filter(
      ({ number, state }) => state === 'fail' && (trial === null || number === trial),
    );
    const queued: number[] = [];
    for (const failed of wanted)
      if (await reopenFailed(storage, failed, hasCheckpoint)) queued.push(failed.number);
    if (trial !== null && queued.length === 0)
      throw usageError(
        'retry.no-attempt',
        `expected a trial that hpo ran, but it never started trial ${trial}`,
        {
          fix: 'enqueue its configuration: hpo enqueue',
        },
      );
    // The same control once more, so that running orchestrators look for what is queued.
    if (queued.length > 0) await updateStudyControl(storage, study.id, (control) => control);
    return { text: textOf(queued), data: { study: study.name, queued } };
  },
};

function textOf(queued: readonly number[]): string {
  if (queued.length === 0) return 'no failed trial to queue again';
  const are = queued.length === 1 ? 'is' : 'are';
  return `${trialList(queued)} ${are} queued again: a running sweep starts them; else run: hpo optimize`;
}
