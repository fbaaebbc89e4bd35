import {
  contains,
  type Distribution,
  isCompatible,
  type Params,
  type ParamValue,
} from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { usageError } from '../../core/errors.js';
import { rangeText } from '../../core/partial-params.js';
import { makeRng } from '../../core/rng.js';
import type { OpenedTrial } from '../../storage/storage.js';
import { fixedFor, proposedFor } from '../ask/proposed-point.js';
import type { TrialContext } from './attempt-context.js';

/** Gives one trial the values of the parameters that it names. */
export class Suggestions {
  readonly #study: TrialContext;
  readonly #opened: OpenedTrial;
  readonly #given: Params;
  readonly #named = new Map<string, { readonly distribution: Distribution; readonly value: ParamValue }>();

  constructor(study: TrialContext, opened: OpenedTrial) {
    this.#study = study;
    this.#opened = opened;
    this.#given = study.trialParams(opened);
  }

  /**
   * Returns the value of a parameter: the trial's own, or the proposed one, or one drawn from this distribution alone. `isNew`:
   * the value is not stored yet.
   * @throws HpoError (usage) trial.not-declared when the study declares a space without it; trial.suggested-twice and
   * trial.distribution-changed when it was suggested differently before; trial.enqueued-outside.
   */
  suggest(name: string, distribution: Distribution): { readonly value: ParamValue; readonly isNew: boolean } {
    if (proposedFor(this.#opened.config) === null)
      return { value: this.#declared(name, distribution), isNew: false };
    const known = this.#named.get(name);
    const value = known?.value ?? this.#choose(name, distribution);
    const before = known?.distribution ?? this.#study.distributionOf(name);
    if (before && !isCompatible(before, distribution)) {
      throw usageError(
        'trial.distribution-changed',
        `expected ${name} as trials of study ${this.#study.name} suggested it before, ${rangeText(before)}, got ${rangeText(distribution)}`,
        { fix: 'suggest it under another name, or create a new study' },
      );
    }
    if (!contains(distribution, value)) throw this.#outside(name, distribution, value);
    if (!known) this.#named.set(name, { distribution, value });
    return { value, isNew: !known && !Object.hasOwn(this.#opened.trial.params, name) };
  }

  /** The parameters that the trial has named so far; in a study with a declared space all of them. */
  get params(): Params {
    if (proposedFor(this.#opened.config) === null) return this.#given;
    return Object.fromEntries([...this.#named].map(([name, { value }]) => [name, value]));
  }

  #declared(name: string, distribution: Distribution): ParamValue {
    const value = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    if (value !== undefined && contains(distribution, value)) return value;
    const expected =
      value === undefined
        ? `${name} to be one of ${Object.keys(this.#given).join(', ') || 'no parameters'}`
        : `the value of ${name}, which is ${JSON.stringify(value)}, to be ${rangeText(distribution)}`;
    throw usageError('trial.not-declared', `expected ${expected}, since the study declares its space`, {
      fix: 'read trial.params, or create a study without a space',
    });
  }

  #choose(name: string, distribution: Distribution): ParamValue {
    const { config, trial } = this.#opened;
    const value = Object.hasOwn(this.#given, name) ? (this.#given[name] as ParamValue) : undefined;
    const isFixed = Object.hasOwn(trial.params, name) || fixedFor(config).includes(name);
    if (value !== undefined && (isFixed || contains(distribution, value))) return value;
    // Enqueued configurations have no index.
    const identity = config.index < 0 ? config.key : config.index;
    return drawUniform(distribution, makeRng(this.#study.seed, 'suggest', identity, name));
  }

  #outside(name: string, distribution: Distribution, value: ParamValue): Error {
    const { config, trial } = this.#opened;
    const expected = `expected ${name} ${rangeText(distribution)} in trial ${trial.number}`;
    const isEnqueued = !Object.hasOwn(trial.params, name) && fixedFor(config).includes(name);
    if (isEnqueued && !this.#named.has(name))
      return usageError(
        'trial.enqueued-outside',
        `${expected}, but it was enqueued with ${JSON.stringify(value)}`,
      );
    return usageError('trial.suggested-twice', `${expected}, but it has ${JSON.stringify(value)} already`, {
      fix: 'suggest a parameter once in a trial, or each time from the same range',
    });
  }
}
