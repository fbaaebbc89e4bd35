import { type Distribution, isSameKind } from '../core/distribution.js';
import { makeSpace, type Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { StudyReader, StudyStore, Suggested } from '../storage/storage.js';
import { withNamed } from './ask/define-by-run.js';
import { withPriorsOf } from './prior-changes.js';
import { storedSpec, toStoredSpec } from './stored-spec.js';

type Owner = { readonly id: number; readonly name: string };

/**
 * The space of a study and the specification that holds it. In a define-by-run study both grow with the parameters that
 * trials name. Several processes may store what they learned: specifications are merged, never overwritten.
 */
export class LearnedSpace {
  readonly #storage: StudyReader & StudyStore;
  readonly #study: Owner;
  #spec: StudySpec;
  #space: Space;

  /** `space`: the space of the specification, with its order of resolution built by this process. */
  constructor(storage: StudyReader & StudyStore, study: Owner, spec: StudySpec, space: Space) {
    this.#storage = storage;
    this.#study = study;
    this.#spec = spec;
    this.#space = space;
  }

  get spec(): StudySpec {
    return this.#spec;
  }

  get space(): Space {
    return this.#space;
  }

  /** Returns the space with the parameters that other processes have learned meanwhile. */
  async refresh(): Promise<Space> {
    const record = await this.#storage.findStudy(this.#study.name);
    if (!record) return this.#space;
    const stored = storedSpec(record).space;
    const both = withNamed(stored, this.#space.params);
    this.#set(both);
    // Another process may have overwritten what this one had stored.
    if (both !== stored) await this.#store();
    return this.#space;
  }

  /**
   * Reads the search that another process has stored: its priors and, where `canSearch` allows, its ranges, choices and constraints.
   * Returns what differs from before; null: nothing.
   */
  async readSearch(canSearch: (space: Space) => boolean): Promise<'space' | 'priors' | null> {
    const record = await this.#storage.findStudy(this.#study.name);
    // A study of another program has none, and a deleted one shows where the sweep itself needs it.
    if (!record || record.spec === null) return null;
    const stored = storedSpec(record);
    const priors = withPriorsOf(this.#space, stored.space);
    const space = stored.defineByRun ? null : successorOf(priors, stored.space);
    if (space && canSearch(space)) {
      this.#set(space);
      return 'space';
    }
    const isChanged = priors !== this.#space;
    this.#set(priors);
    return isChanged ? 'priors' : null;
  }

  /** Stores a parameter that a trial has named, when it is new or wider than before. */
  async learn(suggested: Suggested): Promise<void> {
    const learned = withNamed(this.#space, [suggested]);
    if (learned === this.#space) return;
    this.#set(learned);
    await this.#store();
  }

  /** Returns null for a name that no trial has suggested. */
  distributionOf(name: string): Distribution | null {
    return this.#space.params.find((spec) => spec.name === name)?.distribution ?? null;
  }

  #set(space: Space): void {
    if (textOf(space) === textOf(this.#space)) return;
    this.#space = space;
    this.#spec = { ...this.#spec, space };
  }

  async #store(): Promise<void> {
    await this.#storage.updateStudy(this.#study.id, toStoredSpec(this.#spec));
  }
}

const textOf = ({ params, constraints }: Space) => JSON.stringify([params, constraints]);

/**
 * Returns the stored space where a running sweep can continue with it: it has the same parameters, each of the same kind, and something
 * else differs. Null: it cannot, or nothing does.
 */
function successorOf(space: Space, stored: Space): Space | null {
  if (textOf(space) === textOf(stored) || space.params.length !== stored.params.length) return null;
  const known = new Map(space.params.map(({ name, distribution }) => [name, distribution]));
  const isSame = stored.params.every(({ name, distribution }) => {
    const before = known.get(name);
    return before !== undefined && isSameKind(before, distribution);
  });
  // Stored JSON is plain data. This version decides the order of resolution.
  return isSame ? makeSpace(stored.params, stored.constraints) : null;
}
