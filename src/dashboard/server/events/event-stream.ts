import type { ServerResponse } from 'node:http';
import type { ChangeEvent } from '../../protocol.js';

/** How long the browser waits before it connects again. */
const RETRY_MS = 1_000;

/**
 * One client's stream of server-sent events. While the client does not read, the newest event of each kind and study waits,
 * and no more: memory does not grow with what is not read.
 */
export class EventStream {
  readonly studies: ReadonlySet<string>;
  readonly #response: ServerResponse;
  readonly #nextId: () => string;
  readonly #waiting = new Map<string, ChangeEvent>();
  #isFull = false;

  constructor(response: ServerResponse, studies: ReadonlySet<string>, nextId: () => string) {
    this.studies = studies;
    this.#response = response;
    this.#nextId = nextId;
    response.on('drain', () => this.#flush());
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  send(event: ChangeEvent): void {
    const key = 'study' in event ? `${event.kind} ${event.study}` : event.kind;
    // Again at the end, in the order of the newest events.
    this.#waiting.delete(key);
    this.#waiting.set(key, event);
    if (!this.#isFull) this.#flush();
  }

  /** Shows that the connection lives, to the browser and to proxies. */
  beat(): void {
    if (!this.#isFull) this.#write(': \n\n');
  }

  /** Ends the connection, also of a client that does not read. */
  end(): void {
    this.#response.destroy();
  }

  #flush(): void {
    this.#isFull = false;
    for (const [key, event] of this.#waiting) {
      if (this.#isFull) return;
      this.#waiting.delete(key);
      this.#write(`id: ${this.#nextId()}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  }

  #write(text: string): void {
    this.#isFull = !this.#response.write(text);
  }
}
