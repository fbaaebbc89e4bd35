import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeDelivery } from '../../../src/loggers/runs/delivery.js';
import { JournalFolder } from '../../../src/loggers/runs/journal-folder.js';
import { runId } from '../../../src/loggers/runs/run-format.js';
import type { TrialStatus } from '../../../src/loggers/runs/trial-status.js';
import { WandbClient } from '../../../src/loggers/wandb/client.js';
import { makeWandbLogger } from '../../../src/loggers/wandb/logger.js';
import { followOnline } from '../../../src/loggers/wandb/online.js';
import { findTarget, type Target } from '../../../src/loggers/wandb/target.js';
import { livenessAs } from '../../support/liveness.js';
import { temporaryFolder } from '../support.js';
import { FakeWandb, readRow } from './fixtures/server.js';

export const STUDY = { name: 's', key: 'this study' };

/** The orchestrators of a study, one after another: each gets what the one before has left in the folder. */
export async function study() {
  const server = await FakeWandb.start();
  const root = join(temporaryFolder(), '.wandb');
  let count = 0;
  const told: string[] = [];
  const begin = (
    facts: Readonly<Record<number, TrialStatus>> = {},
    heartbeatMs = 20_000,
    paused: readonly number[] = [],
  ) => {
    const env = { ...server.env, HOME: root };
    const target = findTarget(null, 'online', env) as Target & { mode: 'online' };
    const warn = (message: string) => told.push(message);
    const client = new WandbClient({ ...target, warn });
    onTestFinished(() => client.stop());
    const transport = {
      service: 'W&B',
      hopeless: () => new Promise<void>(() => {}),
      follow: (run: Parameters<typeof followOnline>[1]) =>
        followOnline(client, run, { heartbeatMs, gatherMs: 0 }),
      hurry: () => client.hurry(),
      stop: () => client.stop(),
      trouble: () => client.trouble,
      later: 'later',
    };
    const logger = makeWandbLogger({
      study: STUDY,
      target,
      paused,
      // All earlier ones are dead.
      folder: new JournalFolder(
        root,
        livenessAs(`boot:${++count}:1`, () => 'ended'),
        (id, ...run) => id === runId(STUDY, ...run),
      ),
      delivery: makeDelivery(transport, { warn, inform: warn }),
      lookUp: async (trial) => facts[trial] ?? null,
      now: Date.now,
      warn,
    });
    return Object.assign(logger, { die: () => client.stop() });
  };
  const files = (ending: string) =>
    existsSync(root)
      ? readdirSync(root, { recursive: true }).filter((name) => String(name).endsWith(ending))
      : [];
  const journals = () => files('.jsonl');
  /** Whether some run knows what of it has arrived. */
  const isAcknowledged = () => files('.sent').length > 0;
  return { server, told, begin, journals, isAcknowledged, run: (name: string) => server.byName()[name] };
}

export const rowsOf = (run: { history: string[] } | undefined) =>
  run?.history.map((text) => [readRow(text)._step, readRow(text).loss]);
export const stateOf = (run: { summary: string | null } | undefined) =>
  (JSON.parse(String(run?.summary)) as { hpo_state: string }).hpo_state;
