import { setTimeout as sleep } from 'node:timers/promises';
import { HpoError } from '../../core/errors.js';
import type { BatchQueue, Job, JobKey, JobRequest, QueueLook, Submission } from '../batch/batch-queue.js';
import { type ClusterInfo, refusedToken, versionIn } from './cluster.js';
import { type JobDetails, toDetails, toState } from './job-details.js';
import { Nodes } from './nodes.js';
import { type Answer, type RayApi, saying } from './ray-api.js';
import { type JobTerms, jobBody } from './request.js';
import { hiddenValues, withoutUsers } from './shown.js';

/** How a job reaches its script: what its shell runs, and what it finds in its environment and its folder. */
export type Entry = {
  readonly entrypoint: string;
  readonly envVars: Readonly<Record<string, string>>;
  /** The address of a package; null: none. */
  readonly workingDir: string | null;
};

/** `send`: gives the cluster what the job needs. */
export type Way = {
  readonly entry: (job: JobRequest) => Entry;
  readonly send: (api: RayApi) => Promise<void>;
};

/** More jobs than these are asked for by one list. */
const ASKED_ALONE = 16;
const SUBMIT_TRIES = 4;
const TRY_AGAIN_MS = 500;

/** Jobs of a Ray cluster, by its REST interface. A job's name is its id, so that one that is submitted twice exists once. */
export class RayQueue implements BatchQueue {
  readonly title = 'Ray';
  readonly api: RayApi;
  readonly #terms: JobTerms;
  readonly #way: Way;
  readonly #nodes: Nodes;
  readonly #followed = new Set<string>();
  readonly #known = new Map<string, JobDetails>();
  #checked: Promise<ClusterInfo> | null = null;

  constructor(api: RayApi, terms: JobTerms, way: Way) {
    this.api = api;
    this.#terms = terms;
    this.#way = way;
    this.#nodes = new Nodes(api, terms.resources);
  }

  /** The request that submits a job, for people: without the values of env_vars and passwords in URLs. */
  submission(job: JobRequest): readonly string[] {
    const url = `${this.api.address}/api/jobs/`;
    const body = this.#body(job, hiddenValues(this.#terms.envVars));
    return ['curl', '-H', 'Content-Type: application/json', '-d', withoutUsers(body), url];
  }

  /**
   * Asks the cluster who it is, once. Before that nothing is known to be right; later a silent cluster is waited for.
   * @throws HpoError executor.unreachable, executor.bad-token or executor.not-ray.
   */
  check(): Promise<ClusterInfo> {
    this.#checked ??= this.api.ask('GET', '/api/version').then((answer) => versionIn(this.api, answer));
    this.#checked.catch(() => {
      this.#checked = null;
    });
    return this.#checked;
  }

  async submit(job: JobRequest): Promise<Submission> {
    let last = '';
    for (let tries = 1; tries <= SUBMIT_TRIES; tries++) {
      let answer: Answer;
      try {
        await this.#way.send(this.api);
        answer = await this.api.ask('POST', '/api/jobs/', { body: this.#body(job) });
      } catch (error) {
        if (error instanceof HpoError)
          return { kind: error.usage ? 'refused' : 'later', reason: error.message };
        throw error;
      }
      const clear = clearAnswer(answer, job.name);
      if (clear !== null) return clear;
      last = answer.kind === 'none' ? answer.reason : saying(answer);
      // The job may be there: its id is the answer. Where it is not, it cannot be submitted twice.
      const found = await this.refresh(job.name);
      if (found !== null && found !== 'no answer') return { kind: 'accepted', id: job.name };
      if (tries === SUBMIT_TRIES && found === null && answer.kind === 'answer')
        return { kind: 'later', reason: last };
      await sleep(TRY_AGAIN_MS * tries);
    }
    return { kind: 'unclear', reason: last };
  }

  async look(wanted: readonly JobKey[]): Promise<QueueLook> {
    const found =
      wanted.length > ASKED_ALONE
        ? await this.#list(wanted)
        : await Promise.all(wanted.map(({ name }) => this.refresh(name)));
    if (found === null || found.some((each) => each === 'no answer')) return null;
    const details = found.filter((each) => each !== null && each !== 'no answer');
    const isWaiting = details.some(({ status }) => status === 'PENDING');
    const why = isWaiting ? await this.#nodes.shortage() : '';
    return details.map((each): Job => ({ id: each.id, name: each.id, state: toState(each, why) }));
  }

  /** Ray sends TERM, and KILL after a time of its own (`GRACE_S`), so there is one way to end a job. */
  async end({ name }: JobKey): Promise<void> {
    await this.api.ask('POST', `/api/jobs/${encodeURIComponent(name)}/stop`);
  }

  /** Remembers from now on what is seen of a job. */
  follow(name: string): void {
    this.#followed.add(name);
  }

  /** Returns what was last seen of a job that is followed, without asking. */
  known(name: string): JobDetails | null {
    return this.#known.get(name) ?? null;
  }

  /** Forgets a job that nobody follows any more. */
  forget(name: string): void {
    this.#followed.delete(name);
    this.#known.delete(name);
  }

  /** Asks for a job. Null: the cluster knows none of this name. */
  async refresh(name: string): Promise<JobDetails | null | 'no answer'> {
    const answer = await this.api.ask('GET', `/api/jobs/${encodeURIComponent(name)}`);
    if (answer.kind === 'none') return 'no answer';
    if (answer.status === 404) return null;
    const details = answer.status === 200 ? toDetails(parsed(answer.text)) : null;
    return details === null ? 'no answer' : this.#keep(details);
  }

  /** A cluster may have thousands of jobs that are not the sweep's. */
  async #list(wanted: readonly JobKey[]): Promise<readonly JobDetails[] | null> {
    const names = new Set(wanted.map(({ name }) => name));
    const answer = await this.api.ask('GET', '/api/jobs/');
    const raw = answer.kind === 'answer' && answer.status === 200 ? parsed(answer.text) : null;
    if (!Array.isArray(raw)) return null;
    return raw
      .map(toDetails)
      .filter((details) => details !== null)
      .filter(({ id }) => names.has(id))
      .map((details) => this.#keep(details));
  }

  #keep(details: JobDetails): JobDetails {
    if (this.#followed.has(details.id)) this.#known.set(details.id, details);
    return details;
  }

  #body(job: JobRequest, given = this.#terms.envVars): string {
    const { entrypoint, envVars, workingDir } = this.#way.entry(job);
    const { resources, runtimeEnv } = this.#terms;
    return JSON.stringify(
      jobBody(job.name, entrypoint, {
        resources,
        runtimeEnv: { ...runtimeEnv, ...(workingDir !== null && { working_dir: workingDir }) },
        envVars: { ...given, ...envVars },
      }),
    );
  }
}

/** Returns what an answer to a submission says for certain; null where there may be a job. */
function clearAnswer(answer: Answer, name: string): Submission | null {
  if (answer.kind === 'none') return answer.mayHaveArrived ? null : { kind: 'later', reason: answer.reason };
  const { status, text } = answer;
  // An earlier try of the same submission.
  if (status === 200 || text.includes('already exists')) return { kind: 'accepted', id: name };
  const refused = refusedToken(status);
  if (refused !== null) return { kind: 'refused', reason: refused };
  return status >= 400 && status < 500 && status !== 408 && status !== 429
    ? { kind: 'refused', reason: saying(answer) }
    : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
