import type { ConfigView } from '../core/study-view.js';

/** The keys of all configurations, kept from view to view: a study of 10,000 is not hashed anew for each proposal. */
export class HeldKeys {
  readonly #keys: string[] = [];
  readonly #set = new Set<string>();

  of(configs: readonly ConfigView[]): ReadonlySet<string> {
    const same = this.#keys.length <= configs.length && this.#keys.every((key, k) => key === configs[k]?.key);
    if (!same) {
      this.#keys.length = 0;
      this.#set.clear();
    }
    for (let k = this.#keys.length; k < configs.length; k++) {
      const { key } = configs[k] as ConfigView;
      this.#keys.push(key);
      this.#set.add(key);
    }
    return this.#set;
  }
}
