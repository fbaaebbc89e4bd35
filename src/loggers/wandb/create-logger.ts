import type { OwnedLiveness } from '../../liveness/liveness.js';
import { WandbClient } from './client.js';
import { makeDelivery, type Transport, type TrialStatus } from './delivery.js';
import { JournalFolder } from './journal-folder.js';
import { makeWandbLogger, type WandbLogger } from './logger.js';
import { followOffline } from './offline.js';
import { followOnline } from './online.js';
import { runId, type StudyIdentity } from './run-metadata.js';
import type { Target } from './target.js';

export type WandbParts = {
  readonly target: Target;
  readonly study: StudyIdentity;
  /** Folder of the study's journals. */
  readonly journals: string;
  /** Of those who have journals there. */
  readonly liveness: OwnedLiveness;
  readonly lookUp: (trial: number) => Promise<TrialStatus | null>;
  /** Says something to people; never holds the key. */
  readonly tell: (message: string) => void;
};

/** The W&B logger of one call, for where and how the target says. */
export async function makeWandb(parts: WandbParts): Promise<WandbLogger> {
  const { target, study, journals, liveness, lookUp, tell } = parts;
  const way = await wayOf(target, journals, tell);
  return makeWandbLogger({
    study,
    target,
    folder: new JournalFolder(journals, liveness, (trial, attempt) => runId(study, trial, attempt)),
    delivery: makeDelivery(way, tell),
    lookUp,
    now: Date.now,
    tell,
  });
}

async function wayOf(target: Target, journals: string, tell: (message: string) => void): Promise<Transport> {
  const later = `they are kept in ${journals}, and the next hpo optimize of this study sends them`;
  if (target.mode === 'offline') {
    const nothing = () => {};
    return {
      follow: (run) => followOffline(target.folder, run),
      hurry: nothing,
      stop: nothing,
      trouble: () => null,
      later,
    };
  }
  if (target.options.client === 'sdk') return sdkWay(target, later);
  const client = new WandbClient({ baseUrl: target.baseUrl, key: target.key, tell });
  return {
    follow: (run) => followOnline(client, run),
    hurry: () => client.hurry(),
    stop: () => client.stop(),
    trouble: () => client.trouble,
    later,
  };
}

async function sdkWay({ baseUrl, key }: Target & { mode: 'online' }, later: string): Promise<Transport> {
  const { findSdk, followSdk } = await import('./sdk.js');
  const options = { module: findSdk(process.cwd()), baseUrl, key };
  const stop = new AbortController();
  return {
    follow: (run) => followSdk(options, run, stop.signal),
    hurry: () => {},
    stop: () => stop.abort(),
    trouble: () => null,
    later,
  };
}
