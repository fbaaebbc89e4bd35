import { messageOf } from '../core/errors.js';
import { isMapping, type Mapping } from '../core/mapping.js';

/** Codes of JSON-RPC 2.0. */
export const CODES = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
} as const;

/** Messages of a batch, whose answers are one text. */
export const MOST_IN_BATCH = 100;

/** An error that a client gets as the answer to its request. */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What ends a request early. */
export type Ends = {
  /** Its client has cancelled it, and gets no answer. */
  readonly cancelled: AbortSignal;
  /** That, or no more requests come: what only waits for something answers now. */
  readonly hurry: AbortSignal;
};

/** Carries out one request. */
export type Method = (params: Mapping, ends: Ends) => unknown;
export type Methods = ReadonlyMap<string, Method>;

type Id = string | number;

/** Answers JSON-RPC 2.0, a message or a batch on each line. It sends no requests itself. */
export class JsonRpc {
  readonly #methods: Methods;
  readonly #running = new Map<Id, AbortController>();
  readonly #closing = new AbortController();

  constructor(methods: Methods) {
    this.#methods = methods;
  }

  /** No more requests come. */
  close(): void {
    this.#closing.abort();
  }

  /** Returns the answer to one line; null where there is none. Whatever the line holds, it never rejects. */
  async answer(line: string): Promise<string | null> {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return errorLine(CODES.parse, 'expected one JSON value on each line');
    }
    if (!Array.isArray(value)) return this.#answerOne(value);
    if (value.length === 0) return errorLine(CODES.request, 'expected a batch with at least one message');
    if (value.length > MOST_IN_BATCH)
      return errorLine(
        CODES.request,
        `expected a batch of at most ${MOST_IN_BATCH} messages, got ${value.length}`,
      );
    const answers = await Promise.all(value.map((each) => this.#answerOne(each)));
    const all = answers.filter((each) => each !== null);
    return all.length === 0 ? null : `[${all.join(',')}]`;
  }

  async #answerOne(message: unknown): Promise<string | null> {
    if (isMapping(message) && message.method === undefined && isId(message.id) && isAnswer(message))
      return null;
    const id = isMapping(message) && isId(message.id) ? message.id : null;
    if (!isMapping(message) || message.jsonrpc !== '2.0' || typeof message.method !== 'string')
      return errorLine(CODES.request, 'expected an object with jsonrpc "2.0" and the name of a method', id);
    const { method, params = {} } = message;
    if (message.id === undefined) {
      if (method === 'notifications/cancelled' && isMapping(params)) this.#cancel(params.requestId);
      return null;
    }
    if (id === null) return errorLine(CODES.request, 'expected a text or a number as the id of a request');
    if (!this.#methods.has(method)) return errorLine(CODES.method, `no method ${method.slice(0, 100)}`, id);
    if (!isMapping(params)) return errorLine(CODES.params, 'expected params to be an object', id);
    return this.#carryOut(id, method, params);
  }

  async #carryOut(id: Id, method: string, params: Mapping): Promise<string | null> {
    const controller = new AbortController();
    const cancelled = controller.signal;
    const ends = { cancelled, hurry: AbortSignal.any([cancelled, this.#closing.signal]) };
    this.#running.set(id, controller);
    try {
      const result = await this.#methods.get(method)?.(params, ends);
      // A cancelled request has no answer.
      return cancelled.aborted ? null : JSON.stringify({ jsonrpc: '2.0', id, result });
    } catch (error) {
      if (cancelled.aborted) return null;
      return errorLine(error instanceof RpcError ? error.code : CODES.internal, messageOf(error), id);
    } finally {
      if (this.#running.get(id) === controller) this.#running.delete(id);
    }
  }

  #cancel(id: unknown): void {
    if (isId(id)) this.#running.get(id)?.abort();
  }
}

/** Returns an answer that is an error. */
export function errorLine(code: number, message: string, id: Id | null = null): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}

function isId(value: unknown): value is Id {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** Answers come to nothing, since this side asks nothing. */
function isAnswer(message: Mapping): boolean {
  return message.result !== undefined || message.error !== undefined;
}
