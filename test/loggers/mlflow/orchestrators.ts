import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { plainSpec } from '../../../src/core/spec.js';
import { MlflowClient } from '../../../src/loggers/mlflow/client.js';
import { followMlflow, type MlflowRun, ServerRuns } from '../../../src/loggers/mlflow/follow.js';
import { makeMlflowLogger } from '../../../src/loggers/mlflow/logger.js';
import { isOfStudy, type MlflowEnd, type MlflowHead } from '../../../src/loggers/mlflow/run-format.js';
import { makeDelivery } from '../../../src/loggers/runs/delivery.js';
import { JournalFolder } from '../../../src/loggers/runs/journal-folder.js';
import type { TrialStatus } from '../../../src/loggers/runs/trial-status.js';
import { livenessAs } from '../../support/liveness.js';
import { temporaryFolder } from '../support.js';
import { FakeMlflow } from './server.js';

const STUDY = {
  name: 's',
  key: 'this study',
  experiment: 'e',
  seed: 7,
  user: null,
  spec: plainSpec([{ metric: 'loss', direction: 'minimize', reduce: 'last' }], {
    params: [],
    constraints: [],
    order: [],
  }),
};

/** The orchestrators of a study, one after another: each gets what the one before has left in the folder. */
export async function study() {
  const server = await FakeMlflow.start();
  const root = join(temporaryFolder(), '.mlflow');
  const warnings: string[] = [];
  let count = 0;
  const begin = (known: Readonly<Record<number, TrialStatus>> = {}, paused: readonly number[] = []) => {
    const warn = (message: string) => warnings.push(message);
    const target = { baseUrl: server.url, authorization: null, secrets: [], experiment: 'e' };
    const client = new MlflowClient({ target, warn });
    const runs = new ServerRuns(client);
    onTestFinished(() => client.http.stop());
    const logger = makeMlflowLogger({
      study: STUDY,
      progress: { paused, configurations: [] },
      // All earlier ones are dead.
      folder: new JournalFolder<MlflowHead, MlflowEnd>(
        root,
        livenessAs(`boot:${++count}:1`, () => 'ended'),
        (...run) => isOfStudy(STUDY, ...run),
      ),
      delivery: makeDelivery<MlflowHead, MlflowEnd>(
        {
          service: 'MLflow',
          follow: (run: MlflowRun) => followMlflow(client, runs, run),
          hurry: () => client.http.hurry(),
          stop: () => client.http.stop(),
          hopeless: () => new Promise(() => {}),
          trouble: () => client.http.trouble,
          later: 'later',
        },
        { warn, inform: () => {} },
      ),
      lookUp: async (trial) => known[trial] ?? null,
      now: Date.now,
      warn,
    });
    return Object.assign(logger, { die: () => client.http.stop() });
  };
  const journals = () =>
    existsSync(root)
      ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
          /\.(?:jsonl|sent)$/.test(name),
        )
      : [];
  return { server, warnings, begin, journals, run: (name: string) => server.byName()[name] };
}
