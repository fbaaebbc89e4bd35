/** Keeps deliveries of one trial in order where one continues the run of another. */
export class Turns {
  /** The newest delivery of each trial. */
  readonly #newest = new Map<string, Promise<void>>();

  /** Calls a function. Where it continues a run: after the earlier deliveries of the same trial. */
  async take(key: string, isContinued: boolean, deliver: () => Promise<void>): Promise<void> {
    const before = isContinued ? this.#newest.get(key) : undefined;
    const own = before ? before.then(deliver) : deliver();
    const settled = own.catch(() => {});
    this.#newest.set(key, settled);
    await own.finally(() => {
      if (this.#newest.get(key) === settled) this.#newest.delete(key);
    });
  }
}
