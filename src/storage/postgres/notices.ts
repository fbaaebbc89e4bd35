import type { ChangeKind } from '../storage.js';
import type { Session } from './session.js';

const CHANNEL = 'hpo_changed';

/** How soon after one notice of results this process sends the next one. */
const PAUSE_MS = 100;
/** How long it takes until a lost connection is made again. Meanwhile readers poll. */
const RETRY_MS = 5000;

/** What is sent after a commit of its own, which waits for no disk: one within a commit would make all of a server wait for each other. */
const notice = (kind: ChangeKind) =>
  `BEGIN; SET LOCAL synchronous_commit = off; SELECT pg_notify('${CHANNEL}', '${kind}'); COMMIT`;

/** Tells other processes that this one has written. They see it without a notice, too. */
export class NoticeSender {
  readonly #send: (statements: string) => Promise<void>;
  #timer: NodeJS.Timeout | null = null;
  #isDue = false;

  /** `send`: sends statements between two operations. */
  constructor(send: (statements: string) => Promise<void>) {
    this.#send = send;
  }

  say(kind: ChangeKind): void {
    if (kind === 'results' && this.#timer !== null) this.#isDue = true;
    else this.#sendNow(kind);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #sendNow(kind: ChangeKind): void {
    if (kind === 'results') {
      this.#isDue = false;
      this.#timer = setTimeout(() => {
        this.#timer = null;
        if (this.#isDue) this.#sendNow('results');
      }, PAUSE_MS);
      this.#timer.unref();
    }
    this.#send(notice(kind)).catch(() => {});
  }
}

type Noticed = (kind: ChangeKind) => void;

/** Receives the notices of other processes on a connection of its own, which exists while somebody listens. */
export class NoticeListener {
  readonly #open: () => Promise<Session>;
  readonly #retryMs: number;
  readonly #listeners = new Set<Noticed>();
  #session: Session | null = null;
  #isOpening = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(open: () => Promise<Session>, retryMs = RETRY_MS) {
    this.#open = open;
    this.#retryMs = retryMs;
  }

  listen(noticed: Noticed): () => void {
    this.#listeners.add(noticed);
    void this.#connect();
    return () => {
      this.#listeners.delete(noticed);
      if (this.#listeners.size === 0) this.#session?.destroy();
    };
  }

  close(): void {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#session?.destroy();
  }

  async #connect(): Promise<void> {
    if (this.#session !== null || this.#isOpening || this.#isClosed) return;
    this.#isOpening = true;
    try {
      const session = await this.#open();
      this.#session = session;
      session.listen({ noticed: (payload) => this.#receive(payload), lost: () => this.#lose() });
      await session.exec(`LISTEN ${CHANNEL}`);
      // Something may have been said before.
      this.#tell('results');
      this.#tell('commands');
    } catch {
      this.#lose();
    } finally {
      this.#isOpening = false;
      if (this.#isClosed || this.#listeners.size === 0) this.#session?.destroy();
    }
  }

  /** Anybody may say anything on a channel. */
  #receive(payload: string): void {
    if (payload === 'results' || payload === 'commands') this.#tell(payload);
  }

  #tell(kind: ChangeKind): void {
    for (const noticed of this.#listeners) noticed(kind);
  }

  #lose(): void {
    this.#session?.destroy();
    this.#session = null;
    if (this.#isClosed || this.#retry !== null || this.#listeners.size === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#connect();
    }, this.#retryMs);
    this.#retry.unref();
  }
}
