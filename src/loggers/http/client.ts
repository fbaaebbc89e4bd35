import pLimit from 'p-limit';
import { type Answer, oneLine, readAnswer } from './answer.js';
import { backoffMs, pause, retryAfterMs } from './backoff.js';

/** Concurrent requests of all runs together. */
const CONCURRENCY = 4;
/** A request without an answer has failed after this long. */
const TIMEOUT_MS = 30_000;
/** Consecutive failures of one request after which the client warns. */
const WARN_AFTER = 4;

/** Refusals that may be temporary. */
const TEMPORARY = new Set([408, 425, 429]);

/** The server refuses the request for good; a retry would not help. */
export class Refused extends Error {
  readonly #data: unknown;

  constructor(message: string, data: unknown = null) {
    super(message);
    this.#data = data;
  }

  /** What the server answered; it may have secrets. */
  get data(): unknown {
    return this.#data;
  }
}
/** The sweep has ended, or the server refuses these credentials. */
export class Stopped extends Error {}

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Null: none. */
  readonly body: object | null;
};

/**
 * Returns what to send, before each try; null: nothing is left to send, so the request is done. `isRepeat`: an earlier try may
 * have arrived.
 */
export type NextRequest = (isRepeat: boolean) => Promise<HttpRequest | null>;

export type HttpOptions = {
  /** Name of the service, for messages. */
  readonly service: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Null: no credentials. */
  readonly authorization: string | null;
  /** Removes secrets from a text of the server that is shown. */
  readonly redact: (text: string) => string;
  /** Whether an answer with a good status is one of this service; another counts as a failure. */
  readonly isAnswer: (data: unknown) => boolean;
  /** Whether the refusal of a request (its path, the status) concerns all others too, so that nothing more is sent. */
  readonly concernsAll: (path: string, status: number) => boolean;
  /** Receives each problem once. The text never contains a secret. */
  readonly warn: (message: string) => void;
  /** In [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Waits as `pause` does. */
  readonly rest?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
};

type Try = { readonly answer: unknown; readonly trouble: string | null; readonly waitMs: number };

/**
 * Sends requests until they are answered, with growing pauses. Only a refusal (`Refused`) or the end of the sweep (`Stopped`)
 * ends a request. After 401 or 403 the client stops for good and warns once.
 */
export class HttpClient {
  readonly #o: HttpOptions;
  readonly #rest: typeof pause;
  readonly #stop = new AbortController();
  readonly #limit = pLimit(CONCURRENCY);
  /** The server asked for no requests before this time (ms since 1970). */
  #notBeforeMs = 0;
  #trouble: string | null = null;
  #hasWarned = false;
  #answers = 0;
  #failures = 0;
  /** Aborted when somebody waits for the client: long pauses end. */
  readonly #hurry = new AbortController();

  constructor(options: HttpOptions) {
    this.#o = options;
    this.#rest = options.rest ?? pause;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Returns a text of an answer without secrets. */
  redact(text: string): string {
    return this.#o.redact(text);
  }

  /** The current obstacle; null: none. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** How many requests were answered, and how many failed. */
  get counts(): { readonly answers: number; readonly failures: number } {
    return { answers: this.#answers, failures: this.#failures };
  }

  /** Sends nothing more. */
  stop(): void {
    this.#stop.abort();
    this.#hurry.abort();
  }

  /** Keeps pauses short from now on, except those that the server asks for. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Warns once, sends nothing more, and returns what to throw. */
  giveUp(why: string): Stopped {
    if (!this.signal.aborted) {
      this.#trouble = why;
      this.#o.warn(`hpo stops sending to ${this.#o.service}: ${why}; the sweep continues`);
      this.stop();
    }
    return new Stopped(why);
  }

  /**
   * Returns the data of the answer; null where nothing was left to send.
   * @throws Refused, Stopped.
   */
  async send(next: NextRequest): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      await this.#mayGo();
      const request = await next(tries > 0);
      if (request === null) return null;
      const { answer, trouble, waitMs } = await this.#limit(() => this.#try(request));
      if (trouble === null) {
        this.#answers++;
        this.#trouble = null;
        return answer;
      }
      this.#failures++;
      this.#trouble = trouble;
      if (tries + 1 >= WARN_AFTER && !this.#hasWarned) {
        this.#hasWarned = true;
        const what = `${this.#o.service} cannot be reached (${trouble})`;
        this.#o.warn(`${what}; the sweep continues, and pending rows are sent when possible`);
      }
      const readyMs = Date.now() + waitMs;
      await this.#backOff(tries);
      await this.#rest(readyMs - Date.now(), this.signal);
    }
  }

  async #backOff(tries: number): Promise<void> {
    const random = this.#o.random ?? Math.random;
    const { signal } = this.#hurry;
    if (!signal.aborted) await this.#rest(backoffMs(tries, random), signal);
    else await this.#rest(backoffMs(Math.min(tries, 2), random), this.signal);
  }

  async #mayGo(): Promise<void> {
    for (let waitMs = this.#wait(); waitMs > 0 && !this.signal.aborted; waitMs = this.#wait()) {
      await this.#rest(waitMs, this.signal);
    }
    if (this.signal.aborted) throw new Stopped();
  }

  #wait(): number {
    return this.#notBeforeMs - Date.now();
  }

  /** Sends once. `trouble` null: the server answered. */
  async #try({ method, path, body }: HttpRequest): Promise<Try> {
    const { baseUrl, authorization, redact, isAnswer } = this.#o;
    let response: Response;
    let answer: Answer;
    const end = new AbortController();
    const stop = () => end.abort();
    const timer = setTimeout(() => end.abort(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      response = await fetch(baseUrl + path, {
        method,
        headers: {
          ...(body !== null && { 'content-type': 'application/json' }),
          ...(authorization !== null && { authorization }),
          'user-agent': 'hpo',
        },
        ...(body !== null && { body: JSON.stringify(body) }),
        // A redirect must not send credentials to another address.
        redirect: 'manual',
        signal: end.signal,
      });
      answer = await readAnswer(response, redact);
    } catch (error) {
      if (this.signal.aborted) throw new Stopped();
      return { answer: null, trouble: reasonOf(error, redact), waitMs: 0 };
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', stop);
    }
    const { status } = response;
    if (response.ok && isAnswer(answer.data)) return { answer: answer.data, trouble: null, waitMs: 0 };
    const said = `HTTP ${status}${answer.said === '' ? '' : ` (${answer.said})`}`;
    if (response.ok) return { answer: null, trouble: `an unexpected answer: ${said}`, waitMs: 0 };
    if (status === 401 || status === 403) throw this.giveUp(`it denies access: ${said}`);
    if (status < 500 && !TEMPORARY.has(status)) {
      throw this.#o.concernsAll(path, status) ? this.giveUp(said) : new Refused(said, answer.data);
    }
    const waitMs = retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? 0;
    if (status === 429 && waitMs > 0) this.#notBeforeMs = Math.max(this.#notBeforeMs, Date.now() + waitMs);
    return { answer: null, trouble: said, waitMs };
  }
}

/** Returns the cause of an error of `fetch`, whose own message is only `fetch failed`. */
export function reasonOf(error: unknown, redact: (text: string) => string): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // That of a DOMException is a number.
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return code || (cause instanceof Error ? oneLine(redact(cause.message)) : 'an unknown error');
}
