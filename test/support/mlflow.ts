import { beforeAll, inject } from 'vitest';
import { wantedServer } from './wanted-server.js';

type Pair = { readonly key: string; readonly value: string };
type Point = { readonly step?: number; readonly value: number | string; readonly timestamp: number };

/** A run as the server has it. */
export type MlflowRun = {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly endTime: number | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The names of its metrics. */
  readonly metrics: readonly string[];
};

/** A machine under load takes a minute. */
const START_MS = 240_000;

/** Lets the tests of one block wait for the server, which the first of them starts. */
export function useMlflow(): void {
  beforeAll(async () => void (await mlflowServer()), START_MS + 20_000);
}

/** Returns the address of the MLflow server of all tests, once it has started. The first call starts it. */
export async function mlflowServer(): Promise<string> {
  return (await wantedServer<{ url: string }>(inject('mlflowFolder'), START_MS)).url;
}

/** Asks the server itself. */
export async function askMlflow(path: string, body?: object): Promise<Record<string, unknown>> {
  const url = `${await mlflowServer()}/api/2.0/mlflow/${path}`;
  const post = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  };
  const response = await fetch(url, body === undefined ? {} : post);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

/** Returns the runs of an experiment, in order of their names; none where there is no such experiment. */
export async function runsOf(experiment: string): Promise<MlflowRun[]> {
  const { experiments = [] } = await askMlflow('experiments/search', {
    max_results: 1,
    filter: `name = '${experiment}'`,
  });
  const [found] = experiments as { experiment_id: string }[];
  if (!found) return [];
  const { experiment_id } = found;
  const { runs = [] } = await askMlflow('runs/search', {
    experiment_ids: [experiment_id],
    max_results: 1000,
  });
  return (runs as { info: Record<string, unknown>; data: Record<string, Pair[]> }[])
    .map(({ info, data }) => ({
      id: String(info.run_id),
      name: String(info.run_name),
      status: String(info.status),
      endTime: info.end_time as number | undefined,
      params: asRecord(data.params),
      tags: asRecord(data.tags),
      metrics: (data.metrics ?? []).map(({ key }) => key),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns steps and values of a metric, in order of steps. */
export async function historyOf(
  run: MlflowRun | undefined,
  name = 'loss',
): Promise<(readonly [number, unknown])[]> {
  const query = new URLSearchParams({ run_id: run?.id ?? '', metric_key: name });
  const { metrics = [] } = await askMlflow(`metrics/get-history?${query}`);
  return (metrics as Point[])
    .map(({ step = 0, value }) => [Number(step), value] as const)
    .toSorted(([a], [b]) => a - b);
}

function asRecord(pairs: readonly Pair[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
