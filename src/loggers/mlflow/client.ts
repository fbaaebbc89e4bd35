import { createHash } from 'node:crypto';
import { field, nonEmpty } from '../http/answer.js';
import { HttpClient, type HttpOptions, Refused } from '../http/client.js';
import { makeRedact } from '../http/redact.js';
import { mlflowName, paramValue, tagValue } from './names.js';
import type { Value } from './rows.js';
import type { MlflowHead, Pair, Status } from './run-format.js';
import type { Target } from './target.js';

const API = '/api/2.0/mlflow';
/** The tag by which a run is found whose creation was not answered. */
const KEY = 'hpo.run';
/** The tag that all runs of one trial share. */
const TRIAL_KEY = 'hpo.trial_key';
/** Points of one page of a history: an answer has less than a MiB. */
const PAGE = 4000;

export type Metric = {
  readonly name: string;
  readonly step: number;
  readonly atMs: number;
  readonly value: Value;
};

export type Batch = {
  readonly metrics: readonly Metric[];
  readonly params: readonly Pair[];
  readonly tags: readonly Pair[];
};

/** The points that the server had of a run at first, by metric: `step time`. */
export type StoredPoints = Map<string, ReadonlySet<string>>;

export type ClientOptions = Pick<HttpOptions, 'warn' | 'random' | 'rest'> & { readonly target: Target };

/** A client of MLflow's REST API. What may have arrived before is looked up, and not sent again. */
export class MlflowClient {
  readonly http: HttpClient;
  /** Identifies the server in journals: ids of runs are its own. */
  readonly server: string;
  readonly #experiments = new Map<string, Promise<string>>();

  constructor({ target, ...options }: ClientOptions) {
    const { baseUrl, authorization, secrets } = target;
    this.server = createHash('sha256').update(baseUrl).digest('hex').slice(0, 16);
    const redacts = secrets.map(makeRedact);
    this.http = new HttpClient({
      ...options,
      service: 'MLflow',
      baseUrl,
      authorization,
      redact: (text) => redacts.reduce((clean, redact) => redact(clean), text),
      isAnswer: (data) => typeof data === 'object' && data !== null && !Array.isArray(data),
      // A redirect.
      concernsAll: (_, status) => status < 400,
    });
  }

  /**
   * Returns the id of an experiment, which is created where it does not exist.
   * @throws Stopped.
   */
  experiment(name: string): Promise<string> {
    const known = this.#experiments.get(name) ?? this.#findExperiment(name);
    this.#experiments.set(name, known);
    return known;
  }

  async #findExperiment(name: string): Promise<string> {
    try {
      return (await this.#experimentOf(name)) ?? (await this.#createExperiment(name));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw this.http.giveUp(`the experiment ${JSON.stringify(name)} is refused: ${error.message}`);
    }
  }

  /** Returns null where there is none. */
  async #experimentOf(name: string): Promise<string | null> {
    try {
      const data = await this.#get('experiments/get-by-name', { experiment_name: name });
      const experiment = field(data, 'experiment');
      const what = `the experiment ${JSON.stringify(name)}`;
      if (field(experiment, 'lifecycle_stage') === 'deleted')
        throw this.http.giveUp(
          `${what} is deleted; restore it with \`mlflow experiments restore\`, or name another one`,
        );
      return this.#idIn(experiment, 'experiment_id');
    } catch (error) {
      if (isCode(error, 'RESOURCE_DOES_NOT_EXIST')) return null;
      throw error;
    }
  }

  async #createExperiment(name: string): Promise<string> {
    try {
      return this.#idIn(await this.#post('experiments/create', { name }), 'experiment_id');
    } catch (error) {
      // Another process was first, or an earlier try has arrived.
      const id = isCode(error, 'RESOURCE_ALREADY_EXISTS') ? await this.#experimentOf(name) : null;
      if (id === null) throw error;
      return id;
    }
  }

  /**
   * Creates a run and returns its id. `isDoubtful`: it may exist already. `isFound`: so it was, and may have rows.
   * @throws Refused, Stopped.
   */
  async createRun(
    head: MlflowHead,
    parentRunId: string | null,
    isDoubtful: boolean,
  ): Promise<{ readonly runId: string; readonly isFound: boolean }> {
    const experiment = await this.experiment(head.experiment);
    const tags: Pair[] = [...head.tags, [KEY, head.id]];
    if (head.key !== '') tags.push([TRIAL_KEY, head.key]);
    if (parentRunId !== null) tags.push(['mlflow.parentRunId', parentRunId]);
    const body = {
      experiment_id: experiment,
      start_time: Math.round(head.startedAtMs),
      run_name: tagValue(head.displayName),
      tags: entries(tags, (key) => key, tagValue),
    };
    let found: string | null = null;
    const data = await this.http.send(async (isRepeat) => {
      if (isDoubtful || isRepeat) found = await this.findRun(head.experiment, head.id);
      return found === null ? { method: 'POST', path: `${API}/runs/create`, body } : null;
    });
    if (found !== null) return { runId: found, isFound: true };
    return { runId: this.#idIn(field(field(data, 'run'), 'info'), 'run_id'), isFound: false };
  }

  /** Returns the id that the server has for the run of a head; null where it has none. */
  findRun(experiment: string, id: string): Promise<string | null> {
    return this.#newest(experiment, KEY, id);
  }

  /** Returns the id of the newest run of a trial; null where it has none. */
  findTrial({ experiment, key }: MlflowHead): Promise<string | null> {
    return this.#newest(experiment, TRIAL_KEY, key);
  }

  async #newest(experiment: string, tag: string, value: string): Promise<string | null> {
    const data = await this.#post('runs/search', {
      experiment_ids: [await this.experiment(experiment)],
      filter: `tags.\`${tag}\` = '${value}'`,
      order_by: ['attributes.start_time DESC'],
      max_results: 1,
    });
    const runs = field(data, 'runs');
    return Array.isArray(runs) && runs.length > 0 ? this.#idIn(field(runs[0], 'info'), 'run_id') : null;
  }

  /**
   * Sends a part of a run. `stored`: what is known of its points, for metrics that may have arrived already; null: none has.
   * @throws Refused, Stopped.
   */
  async log(runId: string, { metrics, params, tags }: Batch, stored: StoredPoints | null): Promise<void> {
    await this.http.send(async (isRepeat) => {
      const known = isRepeat ? new Map() : stored;
      const left = known === null ? metrics : await this.#missing(runId, metrics, known);
      if (left.length + params.length + tags.length === 0) return null;
      const body = {
        run_id: runId,
        metrics: left.map(({ name, step, atMs, value }) => ({
          key: mlflowName(name),
          value,
          timestamp: atMs,
          step,
        })),
        params: entries(params, mlflowName, paramValue),
        tags: entries(tags, (key) => key, tagValue),
      };
      return { method: 'POST', path: `${API}/runs/log-batch`, body };
    });
  }

  /**
   * Marks a run that has ended as running again.
   * @throws Refused, Stopped.
   */
  async reopen(runId: string): Promise<void> {
    await this.#post('runs/update', { run_id: runId, status: 'RUNNING' });
  }

  /** @throws Refused, Stopped. */
  async end(runId: string, status: Status, atMs: number): Promise<void> {
    await this.#post('runs/update', { run_id: runId, status, end_time: Math.round(atMs) });
  }

  /** Returns the metrics that the server does not have. Adds the histories that it reads to `stored`. */
  async #missing(
    runId: string,
    metrics: readonly Metric[],
    stored: StoredPoints,
  ): Promise<readonly Metric[]> {
    for (const name of new Set(metrics.map((metric) => metric.name))) {
      if (stored.has(name)) continue;
      const history = await this.history(runId, name);
      stored.set(name, new Set(history.map(({ step, atMs }) => `${step} ${atMs}`)));
    }
    return metrics.filter(({ name, step, atMs }) => !stored.get(name)?.has(`${step} ${atMs}`));
  }

  /**
   * Returns the steps and times of the points that the server has of a metric.
   * @throws Refused, Stopped.
   */
  async history(runId: string, name: string): Promise<Pick<Metric, 'step' | 'atMs'>[]> {
    const key = mlflowName(name);
    const found: Pick<Metric, 'step' | 'atMs'>[] = [];
    for (let page: string | null = ''; page !== null; ) {
      const query = {
        run_id: runId,
        metric_key: key,
        max_results: String(PAGE),
        ...(page && { page_token: page }),
      };
      const data: unknown = await this.#get('metrics/get-history', query);
      const metrics = field(data, 'metrics');
      for (const metric of Array.isArray(metrics) ? metrics : [])
        found.push({ step: Number(field(metric, 'step') ?? 0), atMs: Number(field(metric, 'timestamp')) });
      page = nonEmpty(field(data, 'next_page_token'));
    }
    return found;
  }

  #get(what: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const path = `${API}/${what}?${new URLSearchParams(query)}`;
    return this.http.send(async () => ({ method: 'GET', path, body: null }));
  }

  #post(what: string, body: object): Promise<unknown> {
    return this.http.send(async () => ({ method: 'POST', path: `${API}/${what}`, body }));
  }

  #idIn(data: unknown, name: string): string {
    const id = field(data, name);
    if (typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return id;
    throw this.http.giveUp(`an answer has no ${name}, as if it were no MLflow server`);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Refused && field(error.data, 'error_code') === code;
}

/** Entries as the API has them. Of equal keys the last one counts. */
function entries(
  pairs: readonly Pair[],
  keyOf: (key: string) => string,
  textOf: (value: string) => string,
): { key: string; value: string }[] {
  const all = new Map(pairs.map(([key, value]) => [keyOf(key), textOf(value)]));
  return [...all].map(([key, value]) => ({ key, value }));
}
