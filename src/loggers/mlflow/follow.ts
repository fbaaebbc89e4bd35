import { Stopped } from '../http/client.js';
import { JournalReader, type JournalRow } from '../runs/journal.js';
import type { DeliveredRun } from '../runs/run.js';
import { Turns } from '../runs/turns.js';
import type { Batch, Metric, MlflowClient, StoredPoints } from './client.js';
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

/** What runs must know of each other on the way to the server. */
export class ServerRuns {
  readonly #client: MlflowClient;
  readonly #parents = new Map<string, Promise<string | null>>();
  readonly turns = new Turns();

  constructor(client: MlflowClient) {
    this.#client = client;
  }

  /** Notes that a sweep's run is being created. */
  noteParent(id: string, creation: Promise<string>): void {
    this.#parents.set(
      id,
      creation.catch(() => null),
    );
  }

  /** Returns the id that the server has for the sweep's run; null where it has none. */
  parentOf({ parent, experiment }: MlflowHead): Promise<string | null> {
    if (parent === null) return Promise.resolve(null);
    const known = this.#parents.get(parent) ?? this.#client.findRun(experiment, parent);
    this.#parents.set(parent, known);
    return known;
  }
}

/**
 * Sends a run to MLflow while its journal grows. Resolves when everything has arrived and the run is ended, or with the existing
 * rows when the sweep ends.
 * @throws Refused, Stopped.
 */
export function followMlflow(client: MlflowClient, runs: ServerRuns, run: MlflowRun): Promise<void> {
  const { key, continues } = run.journal.head;
  return runs.turns.take(key, continues !== false, async () => {
    const target = await targetOf(client, runs, run);
    // A trial that ended while it was paused: somebody deleted its run.
    if (target === null) run.journal.remove();
    else await send(client, target, run);
  });
}

/** Where a run goes. */
type ServerRun = {
  readonly runId: string;
  /** Whether this server has acknowledged rows of the journal. */
  readonly isKnown: boolean;
  /** Whether the run has points of earlier attempts. */
  readonly isContinued: boolean;
  /** Whether it was created a moment ago: nothing can have arrived. */
  readonly isEmpty: boolean;
};

async function targetOf(
  client: MlflowClient,
  runs: ServerRuns,
  { journal }: MlflowRun,
): Promise<ServerRun | null> {
  const { head } = journal;
  // Ids of another server mean nothing here: the run is sent to this one as a whole.
  const [server, known] = journal.note().split(' ');
  if (server === client.server && known !== undefined) {
    if (head.parent === null) runs.noteParent(head.id, Promise.resolve(known));
    return { runId: known, isKnown: true, isContinued: head.continues !== false, isEmpty: false };
  }
  const earlier = head.continues === false ? null : await client.findTrial(head);
  if (earlier !== null) {
    if (head.continues === true) await client.reopen(earlier);
    return { runId: earlier, isKnown: false, isContinued: true, isEmpty: false };
  }
  if (head.continues === 'end') return null;
  const creation = createRun(client, runs, journal);
  if (head.parent === null)
    runs.noteParent(
      head.id,
      creation.then(({ runId }) => runId),
    );
  const { runId, isFound } = await creation;
  return { runId, isKnown: false, isContinued: false, isEmpty: !isFound };
}

async function createRun(client: MlflowClient, runs: ServerRuns, journal: MlflowRun['journal']) {
  return client.createRun(journal.head, await runs.parentOf(journal.head), !journal.isNew);
}

async function send(
  client: MlflowClient,
  { runId, isKnown, isContinued, isEmpty }: ServerRun,
  run: MlflowRun,
): Promise<void> {
  const { journal } = run;
  const { head } = journal;
  let sent = isKnown ? journal.acknowledged() : 0;
  const acknowledge = () => journal.acknowledge(sent, `${client.server} ${runId}`);
  acknowledge();
  // What an ended process has sent of these rows is not known exactly.
  const doubtful = journal.isNew || isEmpty ? 0 : journal.rows;
  const stored: StoredPoints = new Map();
  const missing = isContinued ? unlessStored(client, runId) : asTheyAre;
  let params = paramBatches(head.params);
  let tags: readonly Pair[] =
    isContinued && head.continues === true ? [...head.tags, ['hpo.state', 'RUNNING']] : [];
  const reader = new JournalReader<MlflowEnd>(journal.file, sent);
  for (let pauseMs = FIRST_GATHER_MS; ; pauseMs *= 2) {
    await run.news(QUIET_MS);
    // Read this first: an end that arrives while the last rows are sent must not be missed.
    const { isClosing } = run;
    const { rows, end } = await reader.next();
    const metrics = await missing(metricsOf(rows));
    for (const batch of batchesOf(metrics, params, [...tags, ...(end?.tags ?? [])])) {
      await client.log(runId, batch, sent < doubtful ? stored : null);
    }
    params = [];
    tags = [];
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

const asTheyAre = async (metrics: readonly Metric[]) => metrics;

/** Returns a function that leaves out the points at steps that a run had before. */
function unlessStored(client: MlflowClient, runId: string): typeof asTheyAre {
  const stored = new Map<string, ReadonlySet<number>>();
  return async (metrics) => {
    for (const name of new Set(metrics.map((metric) => metric.name))) {
      if (stored.has(name)) continue;
      stored.set(name, new Set((await client.history(runId, name)).map(({ step }) => step)));
    }
    return metrics.filter(({ name, step }) => !stored.get(name)?.has(step));
  };
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

function metricsOf(rows: readonly JournalRow[]): readonly Metric[] {
  return rows.flatMap(({ step, row }): Metric[] => {
    const [atMs, values] = parseRow(row);
    return values.map(([name, value]) => ({ name, step, atMs, value }));
  });
}

/** Returns requests that are small enough, in the order of the metrics. */
function batchesOf(metrics: readonly Metric[], params: readonly Pair[][], tags: readonly Pair[]): Batch[] {
  const batches: Batch[] = [];
  const count = Math.max(Math.ceil(metrics.length / MAX_METRICS), params.length, tags.length > 0 ? 1 : 0);
  for (let k = 0; k < count; k++) {
    const part = metrics.slice(k * MAX_METRICS, (k + 1) * MAX_METRICS);
    batches.push({ metrics: part, params: params[k] ?? [], tags: k === count - 1 ? tags : [] });
  }
  return batches;
}
