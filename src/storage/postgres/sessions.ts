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
  async take(purpose: Purpose): Promise<Session> {
    const known = await this.#sessions.get(purpose)?.catch(() => null);
    if (known?.isOpen) return known;
    const opening = this.#open();
    this.#sessions.set(purpose, opening);
    const session = await opening;
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
