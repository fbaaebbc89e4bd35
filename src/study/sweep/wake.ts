/** Wakes a loop. A call that comes while the loop works is not lost: the next wait returns at once. */
export class Wake {
  #isCalled = false;
  #resolve: () => void = () => {};

  /** Whether there was a call since `reset`. */
  get isCalled(): boolean {
    return this.#isCalled;
  }

  call(): void {
    this.#isCalled = true;
    this.#resolve();
  }

  /** Forgets earlier calls: what they were for is looked at now. */
  reset(): void {
    this.#isCalled = false;
  }

  /** Resolves with the next call, or at once when there was one since `reset`. */
  wait(): Promise<void> {
    if (this.#isCalled) return Promise.resolve();
    // A fresh promise each time: racing a long-lived one would keep a reaction for every finished trial.
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
