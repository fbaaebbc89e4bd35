import { join } from 'node:path';
import { untilHopeless } from '../http/hopeless.js';
import { madeWhenOpened, type StudyLogger } from '../made-when-opened.js';
import type { ConfigureLogger, LoggerContext } from '../registry.js';
import { makeDelivery } from '../runs/delivery.js';
import { JournalFolder } from '../runs/journal-folder.js';
import { makeNotices } from '../runs/notices.js';
import { makeLookUp } from '../runs/trial-status.js';
import { identityOf } from '../study-identity.js';
import type { StudyInfo, StudyReader } from '../study-reader.js';
import { MlflowClient } from './client.js';
import { followMlflow, ServerRuns } from './follow.js';
import { makeMlflowLogger } from './logger.js';
import { isOfStudy, type MlflowEnd, type MlflowHead, type MlflowStudy } from './run-format.js';
import { findTarget, type Target } from './target.js';

/**
 * Null where `enabled` is false.
 * @throws HpoError (usage) mlflow.no-uri, mlflow.bad-uri, mlflow.bad-token, mlflow.bad-experiment.
 */
export const configureMlflow: ConfigureLogger = ({ mlflow, env }) => {
  const target = findTarget(mlflow, env);
  if (target === null) return null;
  const user = env.LOGNAME || env.USER || null;
  return (context) => madeWhenOpened((study, reader) => makeLogger({ target, user, study, reader, context }));
};

type Parts = {
  readonly target: Target;
  readonly user: string | null;
  readonly study: StudyInfo;
  readonly reader: StudyReader;
  readonly context: LoggerContext;
};

async function makeLogger({ target, user, study, reader, context }: Parts): Promise<StudyLogger> {
  const { name, seed, spec } = study;
  const { studyDir, livenessIn, messages, now } = context;
  const journals = join(studyDir, '.mlflow');
  const own: MlflowStudy = {
    name,
    key: identityOf(study),
    seed,
    spec,
    user,
    experiment: target.experiment ?? name,
  };
  const notices = makeNotices(messages);
  const { warn } = notices;
  const client = new MlflowClient({ target, warn });
  const runs = new ServerRuns(client);
  const transport = {
    service: 'MLflow',
    follow: (run: Parameters<typeof followMlflow>[2]) => followMlflow(client, runs, run),
    hurry: () => client.http.hurry(),
    stop: () => client.http.stop(),
    hopeless: () => untilHopeless(client.http),
    trouble: () => client.http.trouble,
    later: `they are kept in ${journals}, and the next hpo optimize of this study sends them`,
  };
  return makeMlflowLogger({
    study: own,
    progress: study.progress,
    folder: new JournalFolder(journals, await livenessIn(journals), (...run) => isOfStudy(own, ...run)),
    delivery: makeDelivery<MlflowHead, MlflowEnd>(transport, notices),
    lookUp: makeLookUp(reader, study.id),
    now,
    warn,
  });
}
