import type { ChangeEvent } from '../../protocol.js';
import type { SourceEvent } from './source.js';

const PATH = '/api/events';
const CHANNEL = 'hpo:events';
/** A timer of one second that comes so late shows that the machine slept. */
const SLEEP_MS = 5_000;
const MAX_WAIT_MS = 10_000;

/** What tabs say to one another. */
type Message =
  | { readonly event: SourceEvent }
  /** A tab shows this study, or does no more. */
  | { readonly tab: string; readonly study: string | null }
  | { readonly ask: 'studies' | 'reconnect' };

/**
 * The server's events. Many tabs share one stream: the tab with the lock reads it and passes every event to the others, who tell it
 * which study they show. When that tab closes, the browser gives the lock to another. After each connection, and after sleep,
 * listeners get `connected: true` and read what they may have missed.
 */
export class LiveEvents {
  readonly #id = Math.random().toString(36).slice(2);
  readonly #listeners = new Map<(event: SourceEvent) => void, string | null>();
  readonly #channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : null;
  /** By tab: the study that it shows. */
  readonly #wanted = new Map<string, string>();
  #source: EventSource | null = null;
  #url = '';
  #isReader = false;
  #started = false;
  #waitMs = 500;
  #timer = 0;

  subscribe(study: string | null, listener: (event: SourceEvent) => void): () => void {
    this.#listeners.set(listener, study);
    this.#start();
    this.#announce();
    return () => {
      this.#listeners.delete(listener);
      this.#announce();
    };
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#channel?.addEventListener('message', ({ data }) => this.#read(data as Message));
    const lead = () => {
      this.#isReader = true;
      this.#channel?.postMessage({ ask: 'studies' } satisfies Message);
      this.#connect();
    };
    if (navigator.locks && this.#channel) {
      // The promise never ends, so the lock is kept until the tab closes.
      void navigator.locks.request(CHANNEL, () => {
        lead();
        return new Promise<void>(() => {});
      });
    } else {
      lead();
    }
    this.#watchSleep();
    addEventListener('pagehide', () => this.#channel?.postMessage({ tab: this.#id, study: null }));
  }

  #read(message: Message): void {
    if ('event' in message) this.#emit(message.event);
    else if ('tab' in message) this.#want(message.tab, message.study);
    else if (message.ask === 'studies') this.#announce();
    else this.#reconnectNow();
  }

  #announce(): void {
    const study = [...this.#listeners.values()].findLast((each) => each !== null) ?? null;
    this.#want(this.#id, study);
    this.#channel?.postMessage({ tab: this.#id, study } satisfies Message);
  }

  #want(tab: string, study: string | null): void {
    if (study === null) this.#wanted.delete(tab);
    else this.#wanted.set(tab, study);
    if (this.#isReader && this.#urlOfAll() !== this.#url) this.#connect();
  }

  #urlOfAll(): string {
    const studies = [...new Set(this.#wanted.values())].sort();
    return studies.length === 0
      ? PATH
      : `${PATH}?${studies.map((study) => `study=${encodeURIComponent(study)}`).join('&')}`;
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#url = this.#urlOfAll();
    const source = new EventSource(this.#url);
    this.#source = source;
    source.onopen = () => {
      this.#waitMs = 500;
      this.#share({ connected: true });
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const event = parse(data);
      if (event) this.#share(event);
    };
    source.onerror = () => {
      this.#share({ connected: false });
      // While CONNECTING the browser tries again itself, with the last id. CLOSED: it has given up.
      if (source.readyState === EventSource.CLOSED) this.#retryLater();
    };
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), this.#waitMs);
    this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs * 2);
  }

  #reconnectNow(): void {
    if (this.#isReader && this.#source?.readyState !== EventSource.OPEN) this.#connect();
  }

  #share(event: SourceEvent): void {
    this.#emit(event);
    this.#channel?.postMessage({ event } satisfies Message);
  }

  #emit(event: SourceEvent): void {
    for (const listener of this.#listeners.keys()) listener(event);
  }

  /** After sleep, in a tab that is shown again and on a network that is back, everything may have changed. */
  #watchSleep(): void {
    const wake = () => {
      this.#emit({ connected: true });
      if (this.#isReader) this.#reconnectNow();
      else this.#channel?.postMessage({ ask: 'reconnect' } satisfies Message);
    };
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') wake();
    });
    addEventListener('online', wake);
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) wake();
    });
    let last = Date.now();
    setInterval(() => {
      const now = Date.now();
      if (now - last > SLEEP_MS) wake();
      last = now;
    }, 1_000);
  }
}

function parse(text: string): ChangeEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ChangeEvent) : null;
  } catch {
    return null;
  }
}
