import type { ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { HpoError } from '../../../core/errors.js';
import { readStudyState } from '../../../results/study-state.js';
import type { ChangeEvent, DatabaseState } from '../../protocol.js';
import type { Database } from '../data/database.js';
import type { OpeningProgress, OpenStudies } from '../data/open-studies.js';
import { asStored } from '../data/study-entry.js';
import { Refusal } from '../http/refusal.js';
import { EventStream } from './event-stream.js';

const POLL_MS = 120;
/** What is said by several at the same time is looked at once. */
const SOON_MS = 10;
const HEARTBEAT_MS = 10_000;
/** How often the list of studies may be reported as changed. */
const LIST_MS = 1_000;
/** How often a page receives how much of its study is read. */
const PROGRESS_MS = 100;
/** How often the state of a study is looked at while nobody writes: its process may have ended. */
const STATE_MS = 2_000;
/** When the smallest read takes longer, the database is most likely locked. */
const STUCK_MS = 2_000;
const LOCKED: DatabaseState = {
  state: 'failing',
  message: 'the database does not answer: another process may keep it locked',
};
const MAX_STREAMS = 64;
const MAX_STUDIES = 20;

type StudyEvent = Extract<ChangeEvent, { kind: 'study' }>;

/**
 * Reports what changed to the clients that listen. While none does, nothing is read. Only studies that a client named are
 * followed.
 */
export class EventHub {
  readonly #database: Database;
  readonly #studies: OpenStudies;
  readonly #pollMs: number;
  readonly #streams = new Set<EventStream>();
  /** What was sent last of each study that is followed. */
  readonly #sent = new Map<string, StudyEvent>();
  #sentState: DatabaseState | null = null;
  #timer: NodeJS.Timeout | null = null;
  #token: string | null = null;
  #listIsDue = false;
  #listSentMs = 0;
  #statesSeenMs = 0;
  #beatMs = 0;
  #progressMs = 0;
  #newestId = 0;
  #isClosed = false;
  #isLooking = false;
  #isHurried = false;

  constructor(database: Database, studies: OpenStudies, pollMs = POLL_MS) {
    this.#database = database;
    this.#pollMs = pollMs;
    database.onNotice = () => this.#hurry();
    this.#studies = studies;
    studies.onProgress = (progress) => this.#reportProgress(progress);
  }

  /** Streams events about these studies. @throws Refusal when there are too many streams or names. */
  open(response: ServerResponse, names: readonly string[]): void {
    if (this.#isClosed || this.#streams.size >= MAX_STREAMS)
      throw new Refusal(503, 'dashboard.streams', 'too many pages are open', { fix: 'close some' });
    if (names.length > MAX_STUDIES)
      throw new Refusal(400, 'dashboard.streams', `expected at most ${MAX_STUDIES} studies`);
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    const stream = new EventStream(response, new Set(names), () => String(++this.#newestId));
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
    // Whatever a client missed: it gets how things stand, and fetches what differs.
    stream.send({ kind: 'database', ...this.#database.state });
    stream.send({ kind: 'studies' });
    for (const name of stream.studies) void this.#greet(stream, name);
    if (this.#timer === null) this.#schedule(0);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const stream of this.#streams) stream.end();
  }

  /** Looks soon, or again where it looks at this moment. */
  #hurry(): void {
    this.#isHurried = true;
    if (this.#timer === null || this.#isLooking) return;
    clearTimeout(this.#timer);
    this.#schedule(SOON_MS);
  }

  #schedule(waitMs: number): void {
    this.#timer = setTimeout(() => void this.#tick(), waitMs);
  }

  async #tick(): Promise<void> {
    let isLocked = false;
    this.#isLooking = true;
    this.#isHurried = false;
    try {
      await this.#look(performance.now());
    } catch (error) {
      // Everything else the state of the database says.
      isLocked = error instanceof HpoError && error.code === 'storage.busy';
    }
    this.#isLooking = false;
    this.#reportState(isLocked ? LOCKED : this.#database.state);
    if (this.#isClosed) return;
    if (this.#streams.size > 0) return this.#schedule(this.#isHurried ? SOON_MS : this.#pollMs);
    this.#timer = null;
    this.#sent.clear();
  }

  async #look(nowMs: number): Promise<void> {
    if (nowMs - this.#beatMs > HEARTBEAT_MS) {
      this.#beatMs = nowMs;
      for (const stream of this.#streams) stream.beat();
    }
    const token = await this.#watched(this.#database.changeToken());
    const hasChanged = token !== this.#token;
    this.#token = token;
    this.#listIsDue ||= hasChanged;
    if (hasChanged || nowMs - this.#statesSeenMs > STATE_MS) {
      this.#statesSeenMs = nowMs;
      // The smallest read there is, so that a lock does not look like a long one.
      await this.#watched(this.#database.read((storage) => storage.readControl(0)));
      for (const name of this.#followed()) await this.#follow(name);
    }
    if (this.#listIsDue && nowMs - this.#listSentMs > LIST_MS) {
      this.#listIsDue = false;
      this.#listSentMs = nowMs;
      for (const stream of this.#streams) stream.send({ kind: 'studies' });
    }
  }

  /** Reports a lock that keeps a reader waiting, and waits with it. */
  async #watched<T>(reading: Promise<T>): Promise<T> {
    const report = setTimeout(() => this.#reportState(LOCKED), STUCK_MS);
    try {
      return await reading;
    } finally {
      clearTimeout(report);
    }
  }

  #followed(): ReadonlySet<string> {
    return new Set([...this.#streams].flatMap(({ studies }) => [...studies]));
  }

  async #follow(name: string): Promise<void> {
    const event = await this.#eventOf(name);
    if (event === null || isDeepStrictEqual(event, this.#sent.get(name))) return;
    this.#sent.set(name, event);
    for (const stream of this.#streams) if (stream.studies.has(name)) stream.send(event);
  }

  async #greet(stream: EventStream, name: string): Promise<void> {
    const event = await this.#eventOf(name);
    if (event !== null) stream.send(event);
  }

  /** Null while it cannot be read, which the state of the database says. */
  async #eventOf(study: string): Promise<StudyEvent | null> {
    try {
      const open = await this.#studies.get(study);
      const counts = asStored(open.model.counts());
      const state = await readStudyState(open.storage, { id: open.record.id, counts });
      return { kind: 'study', study, revision: open.revision, trialCount: open.table.length, state };
    } catch (error) {
      const isGone = error instanceof Refusal && error.status === 404;
      return isGone ? { kind: 'study', study, revision: 0, trialCount: 0, state: 'open' } : null;
    }
  }

  /** While a study is read, the requests of its page wait, and the page shows how far it is. */
  #reportProgress(progress: OpeningProgress): void {
    const nowMs = performance.now();
    if (nowMs - this.#progressMs < PROGRESS_MS) return;
    this.#progressMs = nowMs;
    for (const stream of this.#streams)
      if (stream.studies.has(progress.study)) stream.send({ kind: 'opening', ...progress });
  }

  #reportState(state: DatabaseState): void {
    if (isDeepStrictEqual(state, this.#sentState)) return;
    this.#sentState = state;
    for (const stream of this.#streams) stream.send({ kind: 'database', ...state });
  }
}
