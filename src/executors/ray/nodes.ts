import { isMapping } from '../../core/mapping.js';
import type { RayApi } from './ray-api.js';
import type { Resources } from './request.js';

/** A cluster may get nodes while a job waits. */
const LOOK_EVERY_MS = 20_000;

/** What the nodes of a cluster have, in all. */
export class Nodes {
  readonly #api: RayApi;
  readonly #wanted: Resources;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #shortage = '';

  /** `wanted`: what each job asks for. */
  constructor(api: RayApi, wanted: Resources) {
    this.#api = api;
    this.#wanted = wanted;
  }

  /** Returns why no node can ever run a job, for people; empty where one can, or where nobody knows. */
  async shortage(): Promise<string> {
    if (performance.now() - this.#lookedMs < LOOK_EVERY_MS) return this.#shortage;
    this.#lookedMs = performance.now();
    const nodes = await nodesOf(this.#api);
    if (nodes !== null) this.#shortage = missing(nodes, this.#wanted);
    return this.#shortage;
  }
}

/** Returns what each living node has; null where the cluster does not say. */
export async function nodesOf(api: RayApi, limitMs = 10_000): Promise<readonly Resources[] | null> {
  const answer = await api.ask('GET', '/api/v0/nodes?detail=1&limit=10000', { limitMs });
  if (answer.kind === 'none' || answer.status !== 200) return null;
  try {
    const { data }: { data: { result: { result: unknown[] } } } = JSON.parse(answer.text);
    return data.result.result
      .filter((node) => isMapping(node) && node.state === 'ALIVE')
      .map((node) =>
        isMapping(node) && isMapping(node.resources_total) ? numbers(node.resources_total) : {},
      );
  } catch {
    return null;
  }
}

/** Returns what no node has enough of; empty where one has enough of everything. */
export function missing(nodes: readonly Resources[], wanted: Resources): string {
  const asked = Object.entries(wanted);
  const has = (node: Resources, name: string, amount: number) => (node[name] ?? 0) >= amount;
  if (nodes.some((node) => asked.every(([name, amount]) => has(node, name, amount)))) return '';
  const never = asked.filter(([name, amount]) => !nodes.some((node) => has(node, name, amount)));
  const most = ([name, amount]: readonly [string, number]) =>
    `${name} ${amount} (the most is ${Math.max(0, ...nodes.map((node) => node[name] ?? 0))})`;
  const what = never.length > 0 ? never.map(most).join(', ') : 'all that a trial asks for together';
  return `no node of the cluster has ${what}`;
}

function numbers(raw: { readonly [name: string]: unknown }): Resources {
  return Object.fromEntries(
    Object.entries(raw).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  );
}
