import pLimit from 'p-limit';
import { type Answer, field, nonEmpty, oneLine, readAnswer } from './answer.js';
import { backoffMs, pause, retryAfterMs } from './backoff.js';
import { makeRedact } from './redact.js';
import type { RunMetadata } from './run-metadata.js';

/** Concurrent requests of all runs together. */
const CONCURRENCY = 4;
/** A request without an answer has failed after this long. */
const TIMEOUT_MS = 30_000;
/** Consecutive failures of one request after which the client warns. */
const WARN_AFTER = 4;

/** Refusals that may be temporary. */
const TEMPORARY = new Set([408, 425, 429]);
/** Status for the id of a deleted run, which cannot be used again. */
const CONFLICT = 409;

/** The server refuses the request for good; a retry would not help. */
export class Refused extends Error {}
/** The sweep has ended, or the server refuses this key. */
export class Stopped extends Error {}

/** Where the rows of a run go. */
export type RunPath = { readonly entity: string; readonly project: string; readonly id: string };

export type ClientOptions = {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly key: string;
  /** Receives each problem once. The text never contains the key. */
  readonly warn: (message: string) => void;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Waits as `pause` does. */
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/**
 * A client of W&B's protocol. It retries every request until it is answered, with growing pauses. Only a refusal (`Refused`) or
 * the end of the sweep (`Stopped`) ends a request. After 401 or 403 the client stops for good and warns once.
 */
export class WandbClient {
  readonly #o: ClientOptions;
  readonly #authorization: string;
  readonly #redact: (text: string) => string;
  readonly #rest: typeof pause;
  readonly #stop = new AbortController();
  readonly #limit = pLimit(CONCURRENCY);
  /** The server asked for no requests before this time (ms since 1970). */
  #notBeforeMs = 0;
  #viewer: Promise<string> | null = null;
  #trouble: string | null = null;
  #hasWarned = false;
  /** Aborted when somebody waits for the client: long pauses end. */
  readonly #hurry = new AbortController();

  constructor(options: ClientOptions) {
    this.#o = options;
    this.#rest = options.rest ?? pause;
    this.#authorization = `Basic ${Buffer.from(`api:${options.key}`).toString('base64')}`;
    this.#redact = makeRedact(options.key);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The current obstacle; null: none. */
  get trouble(): string | null {
    return this.#trouble;
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

  /**
   * Creates the run, or updates an existing one.
   * @throws Refused, Stopped.
   */
  async upsertRun(head: RunMetadata): Promise<RunPath> {
    const entity = head.entity ?? (await this.#defaultEntity());
    const config = Object.fromEntries(Object.entries(head.config).map(([name, value]) => [name, { value }]));
    const variables = {
      name: head.id,
      project: head.project,
      entity,
      groupName: head.group,
      displayName: head.displayName,
      ...(head.jobType !== null && { jobType: head.jobType }),
      ...(head.notes !== null && { notes: head.notes }),
      tags: head.tags,
      config: JSON.stringify(config),
    };
    const data = await this.#graphql('UpsertBucket', UPSERT, variables);
    const project = field(field(field(data, 'upsertBucket'), 'bucket'), 'project');
    return {
      entity: nonEmpty(field(field(project, 'entity'), 'name')) ?? entity,
      project: nonEmpty(field(project, 'name')) ?? head.project,
      id: head.id,
    };
  }

  /**
   * Sends a part of a run's files.
   * @throws Refused, Stopped.
   */
  async stream({ entity, project, id }: RunPath, body: object): Promise<void> {
    const path = [entity, project, id].map(encodeURIComponent).join('/');
    await this.#post(`/files/${path}/file_stream`, body);
  }

  #defaultEntity(): Promise<string> {
    this.#viewer ??= this.#graphql('Viewer', 'query Viewer { viewer { id entity } }', {}).then((data) => {
      const entity = nonEmpty(field(field(data, 'viewer'), 'entity'));
      if (entity === null) throw this.#giveUp('the API key belongs to no user or entity');
      return entity;
    });
    return this.#viewer;
  }

  async #graphql(operationName: string, query: string, variables: object): Promise<unknown> {
    const answer = await this.#post(GRAPHQL, { operationName, query, variables });
    const errors = field(answer, 'errors');
    if (!Array.isArray(errors) || errors.length === 0) return field(answer, 'data');
    const said = oneLine(nonEmpty(field(errors[0], 'message')) ?? 'an error without a message');
    throw this.#giveUp(`${operationName}: ${said}`);
  }

  async #post(path: string, body: object): Promise<unknown> {
    const bytes = JSON.stringify(body);
    for (let tries = 0; ; tries++) {
      await this.#mayGo();
      const { answer, trouble, waitMs } = await this.#limit(() => this.#try(path, bytes));
      if (trouble === null) {
        this.#trouble = null;
        return answer;
      }
      this.#trouble = trouble;
      if (tries + 1 >= WARN_AFTER && !this.#hasWarned) {
        this.#hasWarned = true;
        this.#o.warn(
          `W&B cannot be reached (${trouble}); the sweep continues, and pending rows are sent when possible`,
        );
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
  async #try(
    path: string,
    body: string,
  ): Promise<{ answer: unknown; trouble: string | null; waitMs: number }> {
    let response: Response;
    let answer: Answer;
    const end = new AbortController();
    const stop = () => end.abort();
    const timer = setTimeout(() => end.abort(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      response = await fetch(this.#o.baseUrl + path, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          authorization: this.#authorization,
          'user-agent': 'hpo',
        },
        // A redirect must not send the key to another address.
        redirect: 'manual',
        signal: end.signal,
      });
      answer = await readAnswer(response, this.#redact);
    } catch (error) {
      if (this.signal.aborted) throw new Stopped();
      return { answer: null, trouble: reasonOf(error, this.#redact), waitMs: 0 };
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', stop);
    }
    const { status } = response;
    if (response.ok) return { answer: answer.data, trouble: null, waitMs: 0 };
    const said = `HTTP ${status}${answer.said === '' ? '' : ` (${answer.said})`}`;
    if (status === 401 || status === 403) throw this.#giveUp(`it denies access: ${said}`);
    if (status < 500 && !TEMPORARY.has(status)) {
      // This request is the same for all runs, so a refusal concerns all.
      throw path === GRAPHQL && status !== CONFLICT ? this.#giveUp(said) : new Refused(said);
    }
    const waitMs = retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? 0;
    if (status === 429 && waitMs > 0) this.#notBeforeMs = Math.max(this.#notBeforeMs, Date.now() + waitMs);
    return { answer: null, trouble: said, waitMs };
  }

  #giveUp(why: string): Stopped {
    if (!this.signal.aborted) {
      this.#trouble = why;
      this.#o.warn(`hpo stops sending to W&B: ${why}; the sweep continues`);
      this.stop();
    }
    return new Stopped(why);
  }
}

const GRAPHQL = '/graphql';
const UPSERT = `mutation UpsertBucket($name: String, $project: String, $entity: String, $groupName: String,
  $displayName: String, $jobType: String, $notes: String, $tags: [String!], $config: JSONString) {
  upsertBucket(input: {name: $name, modelName: $project, entityName: $entity, groupName: $groupName,
    displayName: $displayName, jobType: $jobType, notes: $notes, tags: $tags, config: $config}) {
    bucket { id name displayName project { name entity { name } } }
    inserted
  }
}`;

/** Returns the cause of an error of `fetch`, whose own message is only `fetch failed`. */
function reasonOf(error: unknown, redact: (text: string) => string): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code || (cause instanceof Error ? oneLine(redact(cause.message)) : 'an unknown error');
}
