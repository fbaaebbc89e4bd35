import { Stopped } from '../http/client.js';
import { JournalReader, type JournalRow } from '../runs/journal.js';
import type { RunPath, WandbClient } from './client.js';
import type { RunEnd } from './run-end.js';
import type { WandbRun } from './run-format.js';

export type Timing = {
  /** W&B shows a run that sends nothing for minutes as crashed. */
  readonly heartbeatMs: number;
  /** Rows of a running trial are sent together after this long, at first sooner: servers limit the rate of requests. */
  readonly gatherMs: number;
};
const FIRST_GATHER_MS = 500;

const TIMING: Timing = { heartbeatMs: 20_000, gatherMs: 5000 };

/**
 * Sends a run's rows to W&B while its journal grows. Each row has a position in the history, so a row that is sent twice is there
 * once. Resolves when everything has arrived and the run is closed, or with the existing rows when the sweep ends.
 * @throws Refused, Stopped.
 */
export async function followOnline(
  client: WandbClient,
  run: WandbRun,
  { heartbeatMs, gatherMs }: Timing = TIMING,
): Promise<void> {
  const { journal } = run;
  const path = await client.upsertRun(journal.head);
  let sent = journal.acknowledged();
  let lastSummary: string | null = null;
  const reader = new JournalReader<RunEnd>(journal.file, sent);
  for (let pauseMs = FIRST_GATHER_MS; ; pauseMs *= 2) {
    if (!(await run.news(heartbeatMs))) {
      await client.stream(path, {});
      continue;
    }
    // Read this first: an end that arrives while the last rows are sent must not be missed.
    const { isClosing } = run;
    const { rows, end } = await reader.next();
    const summary = end?.summary ?? run.summary();
    if (rows.length > 0 || (summary !== null && summary !== lastSummary)) {
      await client.stream(path, { files: files(rows, sent, summary) });
      sent += rows.length;
      lastSummary = summary;
      journal.acknowledge(sent);
    }
    if (end !== null) return await close(client, path, run, end.exitCode);
    // There may be more than one batch.
    if (rows.length > 0 && (isClosing || sent < journal.rows)) run.wake();
    else if (isClosing) return;
    else await run.gather(Math.min(pauseMs, gatherMs));
    if (client.signal.aborted) throw new Stopped();
  }
}

function files(rows: readonly JournalRow[], offset: number, summary: string | null): object {
  return {
    ...(rows.length > 0 && { 'wandb-history.jsonl': { offset, content: rows.map(({ row }) => row) } }),
    ...(summary !== null && { 'wandb-summary.json': { offset: 0, content: [summary] } }),
  };
}

async function close(client: WandbClient, path: RunPath, run: WandbRun, exitcode: number): Promise<void> {
  await client.stream(path, { complete: true, exitcode });
  run.journal.remove();
}
