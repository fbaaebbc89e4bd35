import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { messageOf, usageError } from '../../core/errors.js';
import { codeOf } from '../../core/system-error.js';
import { shownAddress } from './shown.js';
import { readToken } from './token.js';

/** A head node under load answers late. */
const LIMIT_MS = 30_000;
const AT_ONCE = 16;
/** Errors after which no request can have arrived. */
const NEVER_SENT: readonly unknown[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

/** `none`: no answer came. `mayHaveArrived`: the request may have. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string; readonly mayHaveArrived: boolean };

type Asking = { readonly body?: string | Buffer; readonly limitMs?: number };

/** The REST interface of a cluster. Node's fetch cannot be used: Ray takes it for a browser. */
export class RayApi {
  /** As people see it: without user and password. */
  readonly address: string;
  readonly #base: string;
  readonly #options: RequestOptions;
  readonly #isTls: boolean;

  /** @throws HpoError (usage) executor.bad-address. */
  constructor(address: string) {
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw usageError(
        'executor.bad-address',
        `expected the URL of Ray's dashboard, such as http://head:8265, got ${JSON.stringify(shownAddress(address))}`,
      );
    this.#isTls = url.protocol === 'https:';
    this.#base = url.pathname.replace(/\/$/, '');
    this.address = `${url.origin}${this.#base}`;
    const agent = { keepAlive: true, maxSockets: AT_ONCE };
    this.#options = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (this.#isTls ? 443 : 80),
      agent: this.#isTls ? new TlsAgent(agent) : new Agent(agent),
    };
  }

  /** Asks and resolves with the whole answer. Never rejects. */
  ask(method: string, path: string, { body, limitMs = LIMIT_MS }: Asking = {}): Promise<Answer> {
    return new Promise((resolve) => {
      const parts: Buffer[] = [];
      const asked = this.#request(method, path, body, (response) => {
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(parts).toString();
          resolve({ kind: 'answer', status: response.statusCode ?? 0, text });
        });
        response.on('error', failed);
      });
      const failed = (error: unknown) => {
        clearTimeout(timer);
        const mayHaveArrived = !NEVER_SENT.includes(codeOf(error));
        resolve({ kind: 'none', reason: messageOf(error), mayHaveArrived });
      };
      const timer = setTimeout(
        () => asked.destroy(new Error(`no answer within ${limitMs / 1000} s`)),
        limitMs,
      );
      asked.on('error', failed);
      asked.end(body);
    });
  }

  /** Yields the body of an answer as it comes. @throws Error where there is no such answer, or its connection breaks. */
  async *stream(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    let asked: ClientRequest | null = null;
    const stop = () => asked?.destroy();
    signal.addEventListener('abort', stop);
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        // Of its own: streams that stay open would keep questions waiting.
        asked = this.#request('GET', path, undefined, resolve, false);
        asked.on('error', reject);
        asked.end();
        if (signal.aborted) stop();
      });
      if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
      yield* response as AsyncIterable<Buffer>;
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  #request(
    method: string,
    path: string,
    body: string | Buffer | undefined,
    answered: (response: IncomingMessage) => void,
    keepAlive = true,
  ): ClientRequest {
    const token = readToken().text;
    const headers = {
      ...(token !== null && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && {
        'Content-Type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
        'Content-Length': Buffer.byteLength(body),
      }),
    };
    const options: RequestOptions = {
      ...this.#options,
      ...(keepAlive ? {} : { agent: false }),
      method,
      path: `${this.#base}${path}`,
      headers,
    };
    return (this.#isTls ? tlsRequest : request)(options, answered);
  }
}

/** Returns what an answer says, in one line: the last of a traceback. */
export function saying({ status, text }: { readonly status: number; readonly text: string }): string {
  const line = text
    .trim()
    .split('\n')
    .findLast((each) => each.trim().length > 1);
  return line === undefined ? `HTTP ${status}` : `${line.trim().slice(0, 300)} (HTTP ${status})`;
}
