import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STARTED, WANTED } from './on-demand-names.js';

const LOOK_MS = 50;

type OnDemand = {
  /** Its own; it is removed at the end. */
  readonly folder: string;
  /** Starts the server and resolves with what tests need to reach it, as JSON. */
  readonly start: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

/**
 * Has one server for all tests of a run: it starts when the first of them asks (`wantedServer`), and the returned function ends it.
 */
export function serveOnDemand({ folder, start, stop }: OnDemand): () => Promise<void> {
  let starting: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (starting === null && existsSync(join(folder, WANTED))) starting = answerIn(folder, start);
  }, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await starting;
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function answerIn(folder: string, start: OnDemand['start']): Promise<void> {
  const answer = await start().catch((error: unknown) => ({ error: String(error) }));
  writeFileSync(join(folder, `${STARTED}.new`), JSON.stringify(answer));
  renameSync(join(folder, `${STARTED}.new`), join(folder, STARTED));
}
