import type { Dashboard } from '../dashboard.js';
import type { Answer, Streaming } from '../http/answer.js';
import { Refusal } from '../http/refusal.js';

/** A request that may be answered: its route, its token and its origin are right. */
export type RouteRequest = {
  /** Parts of the path, decoded, by the names in the pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of a POST; empty otherwise. */
  readonly body: Readonly<Record<string, unknown>>;
};

/** One line of the table of routes. */
export type Route = {
  readonly method: 'GET' | 'POST';
  /** Parts that begin with `:` may be any text. */
  readonly path: string;
  /** Whether it changes the database: a dashboard with `--read-only` refuses it. */
  readonly changes: boolean;
  /** For the documentation. */
  readonly summary: string;
  readonly answer: (dashboard: Dashboard, request: RouteRequest) => Promise<Answer | Streaming>;
};

export function param({ params }: RouteRequest, name: string): string {
  return params[name] as string;
}

/** A number of a trial in the path. @throws Refusal for another text. */
export function trialParam(request: RouteRequest): number {
  const text = param(request, 'trial');
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Refusal(404, 'trial.not-found', 'expected the number of a trial in the path');
}

/** A whole number in the query; null when it is not there. @throws Refusal for another text. */
export function wholeNumber({ query }: RouteRequest, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = Number(text);
  if (/^-?\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new Refusal(400, 'dashboard.query', `expected ${name}: a whole number`);
}
