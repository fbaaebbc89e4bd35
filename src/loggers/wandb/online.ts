import { type RunPath, Stopped, type WandbClient } from './client.js';
import { JournalReader, type JournalRow } from './journal.js';
import type { DeliveredRun } from './run.js';

export type Timing = {
  /** A run that sends nothing for minutes is shown as crashed. */
  readonly heartbeatMs: number;
  /** Rows of a running trial are gathered for so long, in the beginning for less: servers count requests. */
  readonly gatherMs: number;
};
const FIRST_GATHER_MS = 500;

const TIMING: Timing = { heartbeatMs: 20_000, gatherMs: 5000 };

/**
 * Sends a run's rows to W&B as its journal grows, each to its place in the history, so that what is sent twice is there
 * once. Resolves when all has arrived and the run is closed, or as much as there is when the sweep has ended.
 * @throws Refused, Stopped.
 */
export async function followOnline(
  client: WandbClient,
  run: DeliveredRun,
  { heartbeatMs, gatherMs }: Timing = TIMING,
): Promise<void> {
  const { journal } = run;
  const path = await client.upsertRun(journal.head);
  let sent = journal.acknowledged();
  let lastSummary: string | null = null;
  const reader = new JournalReader(journal.file, sent);
  for (let pauseMs = FIRST_GATHER_MS; ; pauseMs *= 2) {
    if (!(await run.news(heartbeatMs))) {
      await client.stream(path, {});
      continue;
    }
    // An end that comes while the last rows are on their way is not to be missed: what is read from here on counts.
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
    // There may be more than one batch held.
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

async function close(client: WandbClient, path: RunPath, run: DeliveredRun, exitcode: number): Promise<void> {
  await client.stream(path, { complete: true, exitcode });
  run.journal.remove();
}
