import { Stopped } from '../http/client.js';
import { JournalReader, type JournalRow } from '../runs/journal.js';
import type { DeliveredRun } from '../runs/run.js';
import type { Batch, Metric, MlflowClient } from './client.js';
import { parseRow } from './rows.js';
import type { MlflowEnd, MlflowHead, Pair } from './run-format.js';

export type MlflowRun = DeliveredRun<MlflowHead, MlflowEnd>;

/** What MLflow accepts in one request: 100 parameters, 1,000 metrics, 1 MB. */
const MAX_PARAMS = 100;
const MAX_PARAM_CHARACTERS = 200_000;
const MAX_METRICS = 900;
/** Rows of a running trial are sent together after this long, at first sooner. */
const FIRST_GATHER_MS = 500;
const GATHER_MS = 5000;
const QUIET_MS = 3_600_000;

/** The ids that the server has for the runs of sweeps. */
export class ParentRuns {
  readonly #client: MlflowClient;
  readonly #ids = new Map<string, Promise<string | null>>();

  constructor(client: MlflowClient) {
    this.#client = client;
  }

  /** Notes that a sweep's run is being created. */
  note(id: string, creation: Promise<string>): void {
    this.#ids.set(
      id,
      creation.catch(() => null),
    );
  }

  /** Returns null where the server has no such run. */
  idOf({ parent, experiment }: MlflowHead): Promise<string | null> {
    if (parent === null) return Promise.resolve(null);
    const known = this.#ids.get(parent) ?? this.#client.findRun(experiment, parent);
    this.#ids.set(parent, known);
    return known;
  }
}

/**
 * Sends a run to MLflow while its journal grows. Resolves when everything has arrived and the run is ended, or with the existing
 * rows when the sweep ends.
 * @throws Refused, Stopped.
 */
export async function followMlflow(client: MlflowClient, parents: ParentRuns, run: MlflowRun): Promise<void> {
  const { journal } = run;
  const { head } = journal;
  // Ids of another server mean nothing here: the run is sent to this one as a whole.
  const [server, known] = journal.note().split(' ');
  const isKnown = server === client.server && known !== undefined;
  const creation = isKnown ? Promise.resolve(known) : createRun(client, parents, run);
  if (head.parent === null) parents.note(head.id, creation);
  const runId = await creation;
  let sent = isKnown ? journal.acknowledged() : 0;
  const acknowledge = () => journal.acknowledge(sent, `${client.server} ${runId}`);
  acknowledge();
  // What an ended process has sent of these rows is not known exactly.
  const doubtful = journal.isNew ? 0 : journal.rows;
  let params = paramBatches(head.params);
  const reader = new JournalReader<MlflowEnd>(journal.file, sent);
  for (let pauseMs = FIRST_GATHER_MS; ; pauseMs *= 2) {
    await run.news(QUIET_MS);
    // Read this first: an end that arrives while the last rows are sent must not be missed.
    const { isClosing } = run;
    const { rows, end } = await reader.next();
    for (const batch of batchesOf(rows, params, end?.tags ?? [])) {
      await client.log(runId, batch, sent < doubtful);
    }
    params = [];
    sent += rows.length;
    if (rows.length > 0) acknowledge();
    if (end !== null) {
      await client.end(runId, end.status, end.atMs);
      return journal.remove();
    }
    // There may be more than one batch.
    if (rows.length > 0 && (isClosing || sent < journal.rows)) run.wake();
    else if (isClosing) return;
    else await run.gather(Math.min(pauseMs, GATHER_MS));
    if (client.http.signal.aborted) throw new Stopped();
  }
}

async function createRun(client: MlflowClient, parents: ParentRuns, { journal }: MlflowRun): Promise<string> {
  const parent = await parents.idOf(journal.head);
  return client.createRun(journal.head, parent, !journal.isNew);
}

function paramBatches(params: readonly Pair[]): Pair[][] {
  const batches: Pair[][] = [];
  let characters = 0;
  for (const param of params) {
    const last = batches.at(-1);
    characters += param[0].length + Math.min(param[1].length, 6000);
    if (last && last.length < MAX_PARAMS && characters < MAX_PARAM_CHARACTERS) last.push(param);
    else {
      batches.push([param]);
      characters = param[0].length + Math.min(param[1].length, 6000);
    }
  }
  return batches;
}

/** Returns requests that are small enough, in the order of the rows. */
function batchesOf(rows: readonly JournalRow[], params: readonly Pair[][], tags: readonly Pair[]): Batch[] {
  const metrics = rows.flatMap(({ step, row }): Metric[] => {
    const [atMs, values] = parseRow(row);
    return values.map(([name, value]) => ({ name, step, atMs, value }));
  });
  const batches: Batch[] = [];
  const count = Math.max(Math.ceil(metrics.length / MAX_METRICS), params.length, tags.length > 0 ? 1 : 0);
  for (let k = 0; k < count; k++) {
    const part = metrics.slice(k * MAX_METRICS, (k + 1) * MAX_METRICS);
    batches.push({ metrics: part, params: params[k] ?? [], tags: k === count - 1 ? tags : [] });
  }
  return batches;
}
