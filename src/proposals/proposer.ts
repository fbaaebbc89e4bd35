import { checkOptions, withDefaults } from '../core/component-options.js';
import { contains, toStored } from '../core/distribution.js';
import { drawUniform } from '../core/draw.js';
import { usageError } from '../core/errors.js';
import { makeRng } from '../core/rng.js';
import { resolve } from '../core/space.js';
import type { Attrs } from '../core/trial.js';
import { refuseObjectives, type SamplerEntry, samplers } from '../samplers/registry.js';
import type { Sampler } from '../samplers/sampler.js';
import { emptyHistory } from '../study/ask/ask.js';
import { type Exhausted, type Proposed, proposeNew } from '../study/ask/propose.js';
import { ClientHistory } from './history.js';
import type { AskRequest, OpenRequest, StoredParams, SuggestRequest, TellRequest } from './messages.js';

/** A proposal. `exhausted`: why it repeats a configuration. */
export type Answer = {
  readonly params: StoredParams;
  readonly attrs: Attrs;
  readonly exhausted?: string;
};

/** Proposes configurations for a study that another program keeps, as a study of hpo with the same history would. */
export class Proposer {
  readonly #request: OpenRequest;
  readonly #entry: SamplerEntry;
  readonly #sampler: Sampler;
  readonly #history: ClientHistory;

  private constructor(request: OpenRequest, entry: SamplerEntry, sampler: Sampler) {
    const { seed, directions } = request;
    this.#request = request;
    this.#entry = entry;
    this.#sampler = sampler;
    this.#history = new ClientHistory({ seed, directions, maxSteps: null, earlier: null });
  }

  /** @throws HpoError (usage) when the sampler is unknown, or cannot search for this. */
  static async open(request: OpenRequest): Promise<Proposer> {
    const { sampler: name, options, directions, declared } = request;
    const entry = samplers.find((each) => each.name === name);
    if (!entry) {
      throw usageError('sampler.unknown', `no sampler is called ${name.slice(0, 100)}`, {
        fix: `use one of ${samplers.map((each) => each.name).join(', ')}`,
      });
    }
    checkOptions(name, entry.options, options);
    const refusal = refuseObjectives(name, directions.length);
    if (refusal) throw refusal;
    if (!entry.endless && !declared) {
      throw usageError(
        'sampler.undeclared-space',
        `the sampler ${name} needs the whole space before the first trial`,
        { fix: 'give the space (HpoSampler(..., space={...})), or use another sampler' },
      );
    }
    return new Proposer(request, entry, (await entry.load())(withDefaults(entry.options, options)));
  }

  tell({ parameters, trials }: Pick<TellRequest, 'parameters' | 'trials'>): void {
    this.#history.note(parameters, trials);
  }

  /** Returns the parameters of a trial, which later messages name by the number `index`. */
  async ask({ index, parameters, trials }: Omit<AskRequest, 'type' | 'study'>): Promise<Answer> {
    this.tell({ parameters, trials });
    const { space } = this.#history;
    if (space.params.length === 0) return { params: {}, attrs: {} };
    const refusal = this.#sampler.refuse?.(space);
    if (refusal) throw refusal;
    const found = await this.#propose(index);
    if (!('exhausted' in found)) return { params: this.#stored(found.resolved.params), attrs: found.attrs };
    // The client wants a trial all the same.
    const rng = makeRng(this.#request.seed, 'again', index);
    const { params } = resolve(space, ({ distribution }) => drawUniform(distribution, rng));
    return { params: this.#stored(params), attrs: {}, exhausted: found.exhausted };
  }

  /**
   * Returns a value of a parameter that the trial's proposal does not have, or not inside this distribution: the sampler proposes it
   * where it knows the parameter, else it is drawn.
   */
  suggest({ index, name, distribution }: Omit<SuggestRequest, 'type' | 'study'>): number {
    const rng = makeRng(this.#request.seed, 'suggest', index, name);
    const space = this.#history.narrowedTo({ name, distribution });
    if (space && !this.#sampler.refuse?.(space)) {
      const proposal = this.#sampler.sample(space, this.#history.without(index).view, { index, rng });
      const value = 'params' in proposal ? proposal.params[name] : undefined;
      if (value !== undefined && contains(distribution, value)) return toStored(distribution, value);
    }
    return toStored(distribution, drawUniform(distribution, rng));
  }

  /** As a study of hpo asks: a sampler that reads nothing is asked without the history first, where the space is declared. */
  async #propose(index: number): Promise<Proposed | Exhausted> {
    const { seed, directions, declared } = this.#request;
    const { space } = this.#history;
    const context = { seed, space, sampler: this.#sampler, samplerEntry: this.#entry };
    const history = this.#history.without(index);
    if (!declared || this.#entry.reads !== 'nothing') return proposeNew(context, history, index, 0);
    const first = await proposeNew(context, emptyHistory({ directions, seed }), index, 0);
    if ('exhausted' in first || !history.isTried(first.key)) return first;
    return proposeNew(context, history, index, 1);
  }

  #stored(params: Readonly<Record<string, unknown>>): StoredParams {
    const { space } = this.#history;
    return Object.fromEntries(
      space.params.flatMap(({ name, distribution }) =>
        Object.hasOwn(params, name) ? [[name, toStored(distribution, params[name] as never)]] : [],
      ),
    );
  }
}
