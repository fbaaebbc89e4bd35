import { join } from 'node:path';
import { untilHopeless } from '../http/hopeless.js';
import { madeWhenOpened, type StudyLogger } from '../made-when-opened.js';
import type { ConfigureLogger, LoggerContext } from '../registry.js';
import { makeDelivery, type Transport } from '../runs/delivery.js';
import { JournalFolder } from '../runs/journal-folder.js';
import { makeNotices } from '../runs/notices.js';
import { runId } from '../runs/run-format.js';
import { makeLookUp } from '../runs/trial-status.js';
import { Turns } from '../runs/turns.js';
import { identityOf } from '../study-identity.js';
import type { StudyInfo, StudyReader } from '../study-reader.js';
import { WandbClient } from './client.js';
import { makeWandbLogger } from './logger.js';
import { followOffline } from './offline.js';
import { followOnline } from './online.js';
import type { RunEnd } from './run-end.js';
import type { RunMetadata } from './run-metadata.js';
import { findSdk, followSdk } from './sdk.js';
import { SdkProgress } from './sdk-progress.js';
import { findTarget, type Target } from './target.js';

/**
 * Null where the mode is `disabled`.
 * @throws HpoError (usage) wandb.bad-mode, wandb.bad-url, wandb.bad-name, wandb.no-key, wandb.sdk-missing.
 */
export const configureWandb: ConfigureLogger = ({ wandb, wandbMode, env, cwd }) => {
  const target = findTarget(wandb, wandbMode ?? undefined, env);
  if (target === null) return null;
  if (target.mode === 'online' && target.options.client === 'sdk') findSdk(cwd);
  return (context) => madeWhenOpened((study, reader) => makeLogger({ target, cwd, study, reader, context }));
};

type Parts = {
  readonly target: Target;
  readonly cwd: string;
  readonly study: StudyInfo;
  readonly reader: StudyReader;
  readonly context: LoggerContext;
};

async function makeLogger({ target, cwd, study, reader, context }: Parts): Promise<StudyLogger> {
  const { studyDir, livenessIn, messages, now } = context;
  const journals = join(studyDir, '.wandb');
  const identity = { name: study.name, key: identityOf(study) };
  const notices = makeNotices(messages);
  const { warn } = notices;
  const isOwn = (id: string, trial: number, attempt: number) => id === runId(identity, trial, attempt);
  return makeWandbLogger({
    study: identity,
    target,
    paused: study.progress.paused,
    folder: new JournalFolder(journals, await livenessIn(journals), isOwn),
    delivery: makeDelivery<RunMetadata, RunEnd>(transportOf(target, { journals, cwd, warn }), notices),
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

function transportOf(target: Target, { journals, cwd, warn }: Surroundings): Transport<RunMetadata, RunEnd> {
  const later = `they are kept in ${journals}, and the next hpo optimize of this study sends them`;
  const plain = {
    service: 'W&B',
    hurry: () => {},
    stop: () => {},
    hopeless: () => new Promise<void>(() => {}),
    trouble: () => null,
    later,
  };
  if (target.mode === 'offline') {
    const turns = new Turns();
    return { ...plain, follow: (run) => followOffline(target.folder, run, turns) };
  }
  const { baseUrl, key } = target;
  if (target.options.client === 'sdk') {
    const options = { module: findSdk(cwd), baseUrl, key };
    const stop = new AbortController();
    const progress = new SdkProgress();
    return {
      ...plain,
      follow: (run) => followSdk(options, run, stop.signal).finally(() => progress.note()),
      stop: () => stop.abort(),
      hopeless: () => progress.untilHopeless(),
    };
  }
  const client = new WandbClient({ baseUrl, key, warn });
  return {
    ...plain,
    follow: (run) => followOnline(client, run),
    hurry: () => client.hurry(),
    stop: () => client.stop(),
    hopeless: () => untilHopeless(client.http),
    trouble: () => client.trouble,
  };
}
