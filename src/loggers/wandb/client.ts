import pLimit from 'p-limit';
import { type Answer, field, nonEmpty, oneLine, readAnswer } from './answer.js';
import { backoffMs, pause, retryAfterMs } from './backoff.js';
import { makeRedact } from './redact.js';
import type { RunMetadata } from './run-metadata.js';

/** Requests on their way at a time, of all runs together. */
const AT_ONCE = 4;
/** An answer that takes longer is none. */
const TIMEOUT_MS = 30_000;
/** Failures in a row of one request after which people are told that nothing gets through. */
const TOLD_AFTER = 4;

/** Refusals that another try may change. */
const PASSING = new Set([408, 425, 429]);
/** Of a run that was deleted: its name is not given again. */
const CONFLICT = 409;

/** The server has said that it will not take this; another try would not help. */
export class Refused extends Error {}
/** The sweep has ended, or the server refuses all that comes with this key. */
export class Stopped extends Error {}

/** Where the rows of a run go. */
export type RunPath = { readonly entity: string; readonly project: string; readonly id: string };

export type ClientOptions = {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly key: string;
  /** Said to people, once for each trouble. Never holds the key. */
  readonly tell: (message: string) => void;
  /** In [0, 1). */
  readonly random?: () => number;
  /** How to wait; as `pause`. */
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/**
 * Speaks W&B's protocol. Every request is tried until it is answered, with growing waits; only a refusal ends it
 * (`Refused`), or the end of the sweep (`Stopped`). Who is not let in (401, 403) gives up for good and says so once.
 */
export class WandbClient {
  readonly #o: ClientOptions;
  readonly #authorization: string;
  readonly #redact: (text: string) => string;
  readonly #rest: typeof pause;
  readonly #stop = new AbortController();
  readonly #limit = pLimit(AT_ONCE);
  /** The server has asked all of us to wait until then (ms since 1970). */
  #notBeforeMs = 0;
  #viewer: Promise<string> | null = null;
  #trouble: string | null = null;
  #isTold = false;
  /** Aborted when someone waits for us: long waits end. */
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

  /** What stands in the way at the moment, in words; null: nothing. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#stop.abort();
    this.#hurry.abort();
  }

  /** Waits that nobody has asked for are short from now on: someone waits for us. */
  hurry(): void {
    this.#hurry.abort();
  }

  /**
   * Makes the run, or changes it where it is there.
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
   * Sends to a run's stream of files.
   * @throws Refused, Stopped.
   */
  async stream({ entity, project, id }: RunPath, body: object): Promise<void> {
    const path = [entity, project, id].map(encodeURIComponent).join('/');
    await this.#post(`/files/${path}/file_stream`, body);
  }

  #defaultEntity(): Promise<string> {
    this.#viewer ??= this.#graphql('Viewer', 'query Viewer { viewer { id entity } }', {}).then((data) => {
      const entity = nonEmpty(field(field(data, 'viewer'), 'entity'));
      if (entity === null) throw this.#giveUp('the API key belongs to nobody, or to no entity');
      return entity;
    });
    return this.#viewer;
  }

  async #graphql(operationName: string, query: string, variables: object): Promise<unknown> {
    const answer = await this.#post(GRAPHQL, { operationName, query, variables });
    const errors = field(answer, 'errors');
    if (!Array.isArray(errors) || errors.length === 0) return field(answer, 'data');
    const said = oneLine(nonEmpty(field(errors[0], 'message')) ?? 'an error without words');
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
      if (tries + 1 >= TOLD_AFTER && !this.#isTold) {
        this.#isTold = true;
        this.#o.tell(
          `W&B cannot be reached (${trouble}); the sweep goes on, and what is owed is sent when it can`,
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

  /** One try. `trouble` null: it was answered. */
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
        // Whoever answers for another address does not get the key.
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
    if (status === 401 || status === 403) throw this.#giveUp(`it does not let us in: ${said}`);
    if (status < 500 && !PASSING.has(status)) {
      // What is asked here is the same for all runs, so what is wrong with it is wrong with all.
      throw path === GRAPHQL && status !== CONFLICT ? this.#giveUp(said) : new Refused(said);
    }
    const waitMs = retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? 0;
    if (status === 429 && waitMs > 0) this.#notBeforeMs = Math.max(this.#notBeforeMs, Date.now() + waitMs);
    return { answer: null, trouble: said, waitMs };
  }

  #giveUp(why: string): Stopped {
    if (!this.signal.aborted) {
      this.#trouble = why;
      this.#o.tell(`W&B is not used any more by this call: ${why}; the sweep goes on`);
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

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown, redact: (text: string) => string): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code || (cause instanceof Error ? oneLine(redact(cause.message)) : 'an unknown error');
}
