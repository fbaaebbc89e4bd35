import { join } from 'node:path';
import type { Logger } from '../logger.js';
import type { ConfigureLogger, LoggerContext } from '../registry.js';
import type { StudyInfo, StudyReader } from '../study-reader.js';
import { WandbClient } from './client.js';
import { makeDelivery, type Transport } from './delivery.js';
import { JournalFolder } from './journal-folder.js';
import { makeWandbLogger, type WandbLogger } from './logger.js';
import { followOffline } from './offline.js';
import { followOnline } from './online.js';
import { runId } from './run-metadata.js';
import { findSdk, followSdk } from './sdk.js';
import { findTarget, type Target } from './target.js';
import { makeLookUp } from './trial-status.js';

/**
 * Null where the mode is `disabled`.
 * @throws HpoError (usage) wandb.bad-mode, wandb.bad-url, wandb.bad-name, wandb.no-key, wandb.sdk-missing.
 */
export const configureWandb: ConfigureLogger = ({ wandb, wandbMode, env, cwd }) => {
  const target = findTarget(wandb, wandbMode ?? undefined, env);
  if (target === null) return null;
  if (target.mode === 'online' && target.options.client === 'sdk') findSdk(cwd);
  return (context): Logger => {
    let logger: WandbLogger | null = null;
    return {
      async open(study, reader) {
        logger = await makeLogger({ target, cwd, study, reader, context });
        await logger.open();
      },
      on: (event) => logger?.on(event),
      flush: async () => logger?.flush(),
      close: async (limitMs) => logger?.close(limitMs),
    };
  };
};

type Parts = {
  readonly target: Target;
  readonly cwd: string;
  readonly study: StudyInfo;
  readonly reader: StudyReader;
  readonly context: LoggerContext;
};

async function makeLogger({ target, cwd, study, reader, context }: Parts): Promise<WandbLogger> {
  const { name, createdAtMs, seed } = study;
  const { studyDir, livenessIn, messages, now } = context;
  const journals = join(studyDir, '.wandb');
  const identity = { name, key: JSON.stringify([name, createdAtMs, seed]) };
  const warn = (message: string) => messages.send('warning', message);
  const idOf = (trial: number, attempt: number) => runId(identity, trial, attempt);
  return makeWandbLogger({
    study: identity,
    target,
    folder: new JournalFolder(journals, await livenessIn(journals), idOf),
    delivery: makeDelivery(transportOf(target, { journals, cwd, warn }), warn),
    lookUp: makeLookUp(reader, study.id),
    now,
    warn,
  });
}

type Surroundings = {
  readonly journals: string;
  readonly cwd: string;
  readonly warn: (message: string) => void;
};

function transportOf(target: Target, { journals, cwd, warn }: Surroundings): Transport {
  const later = `they are kept in ${journals}, and the next hpo optimize of this study sends them`;
  const nothing = () => {};
  if (target.mode === 'offline') {
    return {
      follow: (run) => followOffline(target.folder, run),
      hurry: nothing,
      stop: nothing,
      trouble: () => null,
      later,
    };
  }
  const { baseUrl, key } = target;
  if (target.options.client === 'sdk') {
    const options = { module: findSdk(cwd), baseUrl, key };
    const stop = new AbortController();
    return {
      follow: (run) => followSdk(options, run, stop.signal),
      hurry: nothing,
      stop: () => stop.abort(),
      trouble: () => null,
      later,
    };
  }
  const client = new WandbClient({ baseUrl, key, warn });
  return {
    follow: (run) => followOnline(client, run),
    hurry: () => client.hurry(),
    stop: () => client.stop(),
    trouble: () => client.trouble,
    later,
  };
}
