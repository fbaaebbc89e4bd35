import type { OpenedTrial, Storage } from '../../storage/storage.js';
import type { StudyRows } from '../study-context.js';
import { type OpenedBatch, openTrials, type TrialOpener } from './ask-batch.js';
import { openAbandoned, type Runner } from './asked-trials.js';
import type { Refused } from './enqueued.js';
import type { SeenAlive } from './seen-alive.js';

/** A study whose trials a program asks for and runs itself. */
export type AskedContext = StudyRows<Storage> &
  TrialOpener & {
    /** The name of this process. */
    readonly owner: string;
    openEnqueued(
      runner: Runner,
      nowMs: number,
      onRefused: (trial: Refused) => void,
    ): Promise<OpenedTrial | null>;
  };

type Asking = {
  readonly seen: SeenAlive;
  readonly warn: (message: string) => void;
  /** Trials that the program has already, whatever has become of the process that opened them. */
  readonly held: readonly number[];
};

/**
 * Opens trials for the program that this process belongs to: those whose program has ended, enqueued ones, then new ones. When this
 * process ends without their results, others may have them.
 */
export function openAsked(
  study: AskedContext,
  count: number,
  { seen, warn, held }: Asking,
): Promise<OpenedBatch> {
  const self = { asker: study.owner };
  const openWaiting = async () => {
    const { owners, isWaiting } = await study.storage.pending(study.id);
    const opening = { runner: self, startedAtMs: Date.now(), held };
    const ended = owners.filter((owner) => seen.judge(owner) === 'ended');
    const abandoned = ended.length === 0 ? null : await openAbandoned(study, ended, opening);
    if (abandoned !== null || !isWaiting) return abandoned;
    return study.openEnqueued(self, Date.now(), ({ number, reason }) =>
      warn(`trial ${number} was enqueued, but not run: ${reason}`),
    );
  };
  return openTrials(study, count, self, openWaiting);
}
