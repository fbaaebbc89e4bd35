import { Stopped } from '../http/client.js';
import { JournalReader, type JournalRow } from '../runs/journal.js';
import type { Position, WandbClient } from './client.js';
import { noteOf, parseNote, rowsAfter, summaryAfter } from './continued.js';
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
export function followOnline(client: WandbClient, run: WandbRun, timing: Timing = TIMING): Promise<void> {
  const { journal } = run;
  const { trial, earlier } = journal.head;
  return client.turns.take(String(trial), isContinued(earlier), async () => {
    const start = await startOf(client, run);
    // A trial that ended while it was paused: W&B has no run of it.
    if (start === null) journal.remove();
    else await send(client, { run, start, timing });
  });
}

/** `earlier`: a journal of an earlier version has none. */
function isContinued(earlier: readonly string[] | undefined): boolean {
  return earlier !== undefined && earlier.length > 0;
}

async function startOf(client: WandbClient, { journal }: WandbRun): Promise<Position | null> {
  const { head } = journal;
  const noted = parseNote(journal.note());
  if (noted) return noted;
  for (const id of head.earlier ?? []) {
    const found = client.paused.get(id) ?? (await client.position(head, id));
    if (found) return found;
  }
  return head.isEndOnly ? null : { id: head.id, rows: journal.acknowledged(), lastStep: null, runtimeS: 0 };
}

type Sent = { readonly run: WandbRun; readonly start: Position; readonly timing: Timing };

async function send(client: WandbClient, { run, start, timing }: Sent): Promise<void> {
  const { journal } = run;
  const { heartbeatMs, gatherMs } = timing;
  const path = await client.upsertRun({ ...journal.head, id: start.id });
  let sent = journal.acknowledged();
  /** Rows of the run. */
  let offset = start.rows;
  const acknowledge = () =>
    journal.acknowledge(sent, start.id === journal.head.id ? '' : noteOf({ ...start, rows: offset }));
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
    const fresh = rowsAfter(rows, start);
    const own = end?.summary ?? run.summary();
    const summary = own === null ? null : summaryAfter(own, start);
    if (fresh.length > 0 || (summary !== null && summary !== lastSummary)) {
      await client.stream(path, { files: files(fresh, offset, summary) });
      lastSummary = summary;
    }
    offset += fresh.length;
    sent += rows.length;
    if (rows.length > 0) acknowledge();
    if (end !== null) {
      await client.stream(path, { complete: true, exitcode: end.exitCode });
      notePause(client, run, { ...start, rows: offset, runtimeS: start.runtimeS + end.runtimeS }, end);
      return journal.remove();
    }
    // There may be more than one batch.
    if (rows.length > 0 && (isClosing || sent < journal.rows)) run.wake();
    else if (isClosing) return;
    else await run.gather(Math.min(pauseMs, gatherMs));
    if (client.signal.aborted) throw new Stopped();
  }
}

/** Keeps the position of the run of a paused trial, which may be continued here. */
function notePause(client: WandbClient, { journal }: WandbRun, position: Position, end: RunEnd): void {
  const { id } = position;
  if (!end.isPaused) client.paused.delete(id);
  else {
    const steps = [position.lastStep, journal.lastStep].filter((step) => step !== null);
    client.paused.set(id, { ...position, lastStep: steps.length === 0 ? null : Math.max(...steps) });
  }
}

function files(rows: readonly JournalRow[], offset: number, summary: string | null): object {
  return {
    ...(rows.length > 0 && { 'wandb-history.jsonl': { offset, content: rows.map(({ row }) => row) } }),
    ...(summary !== null && { 'wandb-summary.json': { offset: 0, content: [summary] } }),
  };
}
