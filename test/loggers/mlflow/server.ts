import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FaultyServer, type Request } from '../http/faulty-server.js';

type Pair = { readonly key: string; readonly value: string };
export type Metric = {
  readonly key: string;
  readonly value: number | string;
  timestamp: number;
  step: number;
};

export type ServerRun = {
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  status: string;
  endTime: number | null;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly metrics: Metric[];
};

const API = '/api/2.0/mlflow/';
const NAME = /^[/\w.\- ]{1,250}$/;

/**
 * MLflow's server as far as its REST API goes, with a store that keeps a metric twice that it is sent twice. A request that
 * breaks the protocol is a mistake in `mistakes`, and is answered with 400.
 */
export class FakeMlflow extends FaultyServer {
  readonly experiments = new Map<string, string>();
  readonly runs = new Map<string, ServerRun>();
  /** The header `authorization` that it wants; null: any. */
  authorization: string | null = null;
  /** Called after each change. */
  changed: () => void = () => {};

  static async start({ port = 0 } = {}): Promise<FakeMlflow> {
    const fake = new FakeMlflow();
    await fake.listen(port);
    return fake;
  }

  /** By the run's name. */
  byName(): Record<string, ServerRun> {
    return Object.fromEntries([...this.runs.values()].map((run) => [run.name, run] as const).sort());
  }

  answer({ method, headers }: IncomingMessage, { path, body }: Request): [number, object] {
    if (this.authorization !== null && headers.authorization !== this.authorization)
      return [401, { error_code: 'UNAUTHENTICATED', message: 'who are you' }];
    const url = new URL(path, this.url);
    const data = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
    const answer = this.#answer(`${method} ${url.pathname.replace(API, '')}`, data, url.searchParams);
    this.changed();
    return answer;
  }

  #answer(what: string, data: Record<string, unknown>, query: URLSearchParams): [number, object] {
    switch (what) {
      case 'GET experiments/get-by-name': {
        const id = this.experiments.get(query.get('experiment_name') ?? '');
        const experiment = { experiment_id: id, lifecycle_stage: 'active' };
        return id === undefined ? missing('no such experiment') : [200, { experiment }];
      }
      case 'POST experiments/create': {
        const name = String(data.name);
        if (this.experiments.has(name))
          return [400, { error_code: 'RESOURCE_ALREADY_EXISTS', message: name }];
        this.experiments.set(name, String(this.experiments.size + 1));
        return [200, { experiment_id: this.experiments.get(name) }];
      }
      case 'POST runs/create':
        return this.#create(data as { experiment_id: string; run_name: string; tags: Pair[] });
      case 'POST runs/search': {
        const [, key, value] = /^tags\.`([^`]+)` = '([^']*)'$/.exec(String(data.filter)) ?? [];
        const found = [...this.runs.values()].filter(({ tags }) => tags.get(key ?? '') === value);
        // The newest first.
        return [200, { runs: found.reverse().map(({ id }) => ({ info: { run_id: id } })) }];
      }
    }
    const run = this.runs.get(String(data.run_id ?? query.get('run_id')));
    if (!run) return missing('no such run');
    switch (what) {
      case 'POST runs/log-batch':
        return this.#log(run, data as { metrics: Metric[]; params: Pair[]; tags: Pair[] });
      case 'POST runs/update':
        run.status = String(data.status);
        run.endTime = Number(data.end_time);
        return [200, { run_info: {} }];
      case 'GET metrics/get-history': {
        const all = run.metrics.filter(({ key }) => key === query.get('metric_key'));
        // Pages of two.
        const from = Number(query.get('page_token') ?? 0);
        const next = from + 2 < all.length ? { next_page_token: String(from + 2) } : {};
        return [200, { metrics: all.slice(from, from + 2), ...next }];
      }
    }
    return this.mistake(`no such address: ${what}`);
  }

  #create({
    experiment_id,
    run_name,
    tags,
  }: {
    experiment_id: string;
    run_name: string;
    tags: Pair[];
  }): [number, object] {
    const experiment = [...this.experiments].find(([, id]) => id === experiment_id)?.[0];
    if (experiment === undefined) return this.mistake(`no experiment ${experiment_id}`);
    const run: ServerRun = {
      id: randomUUID().replaceAll('-', ''),
      experiment,
      name: run_name,
      status: 'RUNNING',
      endTime: null,
      params: new Map(),
      tags: new Map(tags.map(({ key, value }) => [key, value])),
      metrics: [],
    };
    this.runs.set(run.id, run);
    return [200, { run: { info: { run_id: run.id } } }];
  }

  #log(
    run: ServerRun,
    { metrics, params, tags }: { metrics: Metric[]; params: Pair[]; tags: Pair[] },
  ): [number, object] {
    if (run.status !== 'RUNNING' && metrics.length > 0) return this.mistake('points after the end');
    if (metrics.length > 1000 || params.length > 100 || tags.length > 100) return this.mistake('too many');
    for (const { key } of [...metrics, ...params])
      if (!NAME.test(key)) return this.mistake(`bad name ${key}`);
    for (const { key, value } of params) {
      if (value.length > 6000) return this.mistake('a long parameter');
      if ((run.params.get(key) ?? value) !== value) return this.mistake(`another value of ${key}`);
      run.params.set(key, value);
    }
    for (const { key, value } of tags) run.tags.set(key, value);
    run.metrics.push(...metrics);
    return [200, {}];
  }
}

function missing(message: string): [number, object] {
  return [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message }];
}

/** Returns the steps and values of one metric, in the order in which they came. */
export function pointsOf(run: ServerRun | undefined, name = 'loss'): (readonly [number, number])[] {
  return (run?.metrics ?? [])
    .filter(({ key }) => key === name)
    .map(({ step, value }) => [step, Number(value)]);
}
