import { field, nonEmpty, oneLine } from '../http/answer.js';
import { HttpClient, type HttpOptions } from '../http/client.js';
import { makeRedact } from '../http/redact.js';
import { Turns } from '../runs/turns.js';
import type { RunMetadata } from './run-metadata.js';

/** Status for the id of a deleted run, which cannot be used again. */
const CONFLICT = 409;

/** Where the rows of a run go. */
export type RunPath = { readonly entity: string; readonly project: string; readonly id: string };

/** How far the history of a run is. */
export type Position = {
  readonly id: string;
  readonly rows: number;
  /** Null: no row. */
  readonly lastStep: number | null;
  readonly runtimeS: number;
};

export type ClientOptions = Pick<HttpOptions, 'baseUrl' | 'warn' | 'random' | 'rest'> & {
  readonly key: string;
};

/** A client of W&B's protocol. */
export class WandbClient {
  readonly http: HttpClient;
  readonly turns = new Turns();
  /** Positions of the runs of trials that were paused here, by id: a server may count rows late. */
  readonly paused = new Map<string, Position>();
  #viewer: Promise<string> | null = null;

  constructor({ key, ...options }: ClientOptions) {
    const sent = `api:${key}`;
    this.http = new HttpClient({
      ...options,
      service: 'W&B',
      authorization: `Basic ${Buffer.from(sent).toString('base64')}`,
      redact: makeRedact({ text: key, sent, shownAs: '[API key]' }),
      // Where an answer is no JSON, its arrival is enough.
      isAnswer: () => true,
      // This request is the same for all runs.
      concernsAll: (path, status) => path === GRAPHQL && status !== CONFLICT,
    });
  }

  get signal(): AbortSignal {
    return this.http.signal;
  }

  /** The current obstacle; null: none. */
  get trouble(): string | null {
    return this.http.trouble;
  }

  /** Sends nothing more. */
  stop(): void {
    this.http.stop();
  }

  /** Keeps pauses short from now on, except those that the server asks for. */
  hurry(): void {
    this.http.hurry();
  }

  /**
   * Creates the run, or updates an existing one.
   * @throws Refused, Stopped.
   */
  async upsertRun(head: RunMetadata): Promise<RunPath> {
    const entity = head.entity ?? (await this.#defaultEntity());
    const { id: name, project: model, isEndOnly } = head;
    // What is left out stays as it is.
    const variables = { name, project: model, entity, ...(!isEndOnly && contentsOf(head)) };
    const data = await this.#graphql('UpsertBucket', UPSERT, variables);
    const bucket = field(field(data, 'upsertBucket'), 'bucket');
    if (typeof bucket !== 'object' || bucket === null)
      throw this.http.giveUp('an answer has no run, as if it were no W&B server');
    const project = field(bucket, 'project');
    return {
      entity: this.#textIn(field(project, 'entity'), 'name') ?? entity,
      project: this.#textIn(project, 'name') ?? head.project,
      id: head.id,
    };
  }

  /**
   * Returns how far the run of an id is, in the place of another one; null where there is none.
   * @throws Stopped.
   */
  async position({ entity, project }: RunMetadata, id: string): Promise<Position | null> {
    const variables = { name: id, project, entity: entity ?? (await this.#defaultEntity()) };
    const data = await this.#graphql('RunResumeStatus', RESUME, variables);
    const bucket = field(field(data, 'model'), 'bucket');
    const rows = field(bucket, 'historyLineCount');
    if (typeof rows !== 'number') return null;
    if (rows === 0) return { id, rows, lastStep: null, runtimeS: 0 };
    const last = lastRow(field(bucket, 'historyTail'));
    const [lastStep, runtimeS] = [field(last, '_step'), field(last, '_runtime')];
    // Without its last step nobody knows what is missing.
    if (typeof lastStep !== 'number') return null;
    return { id, rows, lastStep, runtimeS: typeof runtimeS === 'number' ? Math.max(0, runtimeS) : 0 };
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
      const entity = this.#textIn(field(data, 'viewer'), 'entity');
      if (entity === null) throw this.http.giveUp('the API key belongs to no user or entity');
      return entity;
    });
    return this.#viewer;
  }

  async #graphql(operationName: string, query: string, variables: object): Promise<unknown> {
    const answer = await this.#post(GRAPHQL, { operationName, query, variables });
    const errors = field(answer, 'errors');
    if (!Array.isArray(errors) || errors.length === 0) return field(answer, 'data');
    const said = oneLine(this.#textIn(errors[0], 'message') ?? 'an error without a message');
    throw this.http.giveUp(`${operationName}: ${said}`);
  }

  /** Returns a text of an answer without the key; null where it has none. */
  #textIn(data: unknown, name: string): string | null {
    const text = nonEmpty(field(data, name));
    return text === null ? null : this.http.redact(text);
  }

  #post(path: string, body: object): Promise<unknown> {
    const request = { method: 'POST', path, body } as const;
    return this.http.send(async () => request);
  }
}

/** Returns the fields of a run that its metadata sets. */
function contentsOf(head: RunMetadata): object {
  const config = Object.fromEntries(Object.entries(head.config).map(([name, value]) => [name, { value }]));
  return {
    groupName: head.group,
    displayName: head.displayName,
    ...(head.jobType !== null && { jobType: head.jobType }),
    ...(head.notes !== null && { notes: head.notes }),
    tags: head.tags,
    config: JSON.stringify(config),
  };
}

/** Returns the last row of a history's end, which is a list of rows: JSON in JSON. */
function lastRow(tail: unknown): unknown {
  try {
    const rows = JSON.parse(String(tail)) as unknown;
    const last = Array.isArray(rows) ? String(rows.at(-1)) : '';
    return JSON.parse(last.replaceAll(/:\s*(?:NaN|-?Infinity)(?=\s*[,}])/g, ':null'));
  } catch {
    return null;
  }
}

const GRAPHQL = '/graphql';
const RESUME = `query RunResumeStatus($project: String, $entity: String, $name: String!) {
  model(name: $project, entityName: $entity) {
    bucket(name: $name, missingOk: true) { historyLineCount historyTail }
  }
}`;
const UPSERT = `mutation UpsertBucket($name: String, $project: String, $entity: String, $groupName: String,
  $displayName: String, $jobType: String, $notes: String, $tags: [String!], $config: JSONString) {
  upsertBucket(input: {name: $name, modelName: $project, entityName: $entity, groupName: $groupName,
    displayName: $displayName, jobType: $jobType, notes: $notes, tags: $tags, config: $config}) {
    bucket { id name displayName project { name entity { name } } }
    inserted
  }
}`;
