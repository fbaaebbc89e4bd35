import type { OpenedTrial } from '../../storage/storage.js';
import type { Emit } from '../events.js';

/** Emits which sampler a delegating sampler (`auto`) chose, once for each choice and reason: it may switch back and forth. */
export class SamplerChoiceEvents {
  readonly #emit: Emit;
  readonly #emitted = new Set<string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  emitOnce({ config }: OpenedTrial): void {
    const { picked, why } = config.attrs;
    const pick = `${picked}: ${why}`;
    if (typeof picked !== 'string' || this.#emitted.has(pick)) return;
    this.#emitted.add(pick);
    this.#emit({ type: 'sampler-selected', sampler: picked, why: String(why) });
  }
}
