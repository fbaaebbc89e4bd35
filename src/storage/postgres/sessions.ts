import type { Session } from './session.js';

/** What a session is for. Polls never wait behind an operation. */
export type Purpose = 'work' | 'poll';

/** The few sessions of one storage, each opened when it is first needed, and again after it was lost. */
export class Sessions {
  readonly #open: () => Promise<Session>;
  readonly #sessions = new Map<Purpose, Promise<Session>>();
  #closed = false;

  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  /** @throws what connecting said. */
  take(purpose: Purpose): Promise<Session> {
    // One after the other, so that a lost session is replaced by one.
    const taken = this.#replaceLost(this.#sessions.get(purpose));
    this.#sessions.set(purpose, taken);
    return taken;
  }

  async #replaceLost(before: Promise<Session> | undefined): Promise<Session> {
    const known = await before?.catch(() => null);
    if (known?.isOpen) return known;
    const session = await this.#open();
    if (this.#closed) session.destroy();
    return session;
  }

  /** Closes every session without waiting for answers. */
  destroy(): void {
    this.#closed = true;
    for (const opening of this.#sessions.values())
      opening.then(
        (session) => session.destroy(),
        () => {},
      );
  }

  async close(): Promise<void> {
    this.#closed = true;
    const sessions = await Promise.all([...this.#sessions.values()].map((each) => each.catch(() => null)));
    await Promise.all(sessions.map((session) => session?.close()));
  }
}
