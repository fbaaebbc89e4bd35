import type { OpenedTrial } from '../../storage/storage.js';
import type { Emit } from '../events.js';

/** Tells what a sampler that picks another one picked: each pick once for each reason, since it may go to and fro. */
export class SamplerChoiceEvents {
  readonly #emit: Emit;
  readonly #told = new Set<string>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  emitOnce({ config }: OpenedTrial): void {
    const { picked, why } = config.attrs;
    const pick = `${picked}: ${why}`;
    if (typeof picked !== 'string' || this.#told.has(pick)) return;
    this.#told.add(pick);
    this.#emit({ type: 'sampler-selected', sampler: picked, why: String(why) });
  }
}
