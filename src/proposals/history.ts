import { fromStored, isCompatible, type Params, type ParamValue } from '../core/distribution.js';
import { makeSpace, paramsKey, planOf, pointOf, roleOf, type Space } from '../core/space.js';
import type { ConfigView, StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { externalKey } from '../results/external-trials.js';
import type { History } from '../study/ask/ask-context.js';
import { makeConfigView } from '../study/config-view.js';
import { agrees, inferSpace } from './conditions.js';
import type { Parameter, StoredParams, TrialMessage } from './messages.js';

type ViewTrial = TrialView & { readonly violations: readonly number[] };
/** A trial with what places it in the view. */
type Known = {
  readonly message: TrialMessage;
  readonly view: ViewTrial;
  /** In the space at that time; null: it must be placed again. */
  place: { readonly params: Params; readonly key: string } | null;
};
type Group = { readonly first: Known; readonly trials: readonly ViewTrial[]; readonly view: ConfigView };

/** What a client has said of its study: the parameters and the trials, as samplers see them. */
export class ClientHistory {
  readonly #members: Omit<StudyView, 'configs'>;
  /** By number, ascending. */
  #trials = new Map<number, Known>();
  #groups = new Map<string, Group>();
  #parameters: readonly Parameter[] = [];
  #space: Space = inferSpace([], []);
  #isUnsorted = false;

  constructor(members: Omit<StudyView, 'configs'>) {
    this.#members = members;
  }

  get space(): Space {
    return this.#space;
  }

  /** Notes what is new. `parameters` null: they are as before. */
  note(parameters: readonly Parameter[] | null, trials: readonly TrialMessage[]): void {
    if (parameters) this.#parameters = parameters;
    const newest = [...this.#trials.keys()].at(-1) ?? -1;
    for (const message of trials) {
      this.#isUnsorted ||= !this.#trials.has(message.number) && message.number < newest;
      this.#trials.set(message.number, { message, view: viewTrialOf(message), place: null });
    }
    if (this.#isUnsorted) this.#trials = new Map([...this.#trials].sort(([a], [b]) => a - b));
    this.#isUnsorted = false;
    this.#learn(parameters !== null, trials);
  }

  /** Returns the space with another distribution for a parameter, which is always active then; null: it has no such parameter. */
  narrowedTo({ name, distribution }: Parameter): Space | null {
    const { params } = this.#space;
    const known = params.find((each) => each.name === name);
    if (!known || !isCompatible(known.distribution, distribution)) return null;
    return makeSpace(params.map((each) => (each === known ? { name, distribution } : each)));
  }

  /** Returns the history without one trial: the one that is asked for. */
  without(number: number): History {
    const members = new Map<string, Known[]>();
    for (const known of this.#trials.values()) {
      if (known.message.number === number) continue;
      known.place ??= this.#placeOf(known.message);
      const { params, key } = known.place;
      if (externalKey({ state: known.message.state, params }) === null) continue;
      const group = members.get(key);
      if (group) group.push(known);
      else members.set(key, [known]);
    }
    const groups = new Map<string, Group>();
    for (const [key, trials] of members) groups.set(key, this.#groupOf(key, trials));
    this.#groups = groups;
    const configs = [...groups.values()].map(({ view }) => view);
    return { view: { ...this.#members, configs }, isTried: (key) => groups.has(key) };
  }

  /** What has not changed stays the same object: samplers keep what they know of it. */
  #groupOf(key: string, trials: readonly Known[]): Group {
    const before = this.#groups.get(key);
    const first = trials[0] as Known;
    const views = trials.map(({ view }) => view);
    if (before && before.first === first && isSame(before.trials, views)) return before;
    const { message, place } = first;
    const config = {
      index: message.proposal ? message.number : -1,
      params: (place as NonNullable<Known['place']>).params,
      key,
      attrs: message.proposal?.attrs ?? {},
    };
    return { first, trials: views, view: makeConfigView(config, views) };
  }

  /** Conditions hold until a complete trial contradicts them. */
  #learn(hasParameters: boolean, trials: readonly TrialMessage[]): void {
    const isNew = ({ state, params }: TrialMessage) =>
      state === 'complete' && !agrees(this.#space, this.#decoded(params));
    if (!hasParameters && !trials.some(isNew)) return;
    const complete = [...this.#trials.values()].filter(({ message }) => message.state === 'complete');
    const space = inferSpace(
      this.#parameters,
      complete.map(({ message }) => this.#decoded(message.params)),
    );
    if (JSON.stringify(space.params) === JSON.stringify(this.#space.params)) return;
    this.#space = space;
    this.#groups = new Map();
    for (const known of this.#trials.values()) known.place = null;
  }

  /** A trial counts as the whole point that was proposed for it, with the values that it has named. */
  #placeOf({ params, proposal }: TrialMessage): NonNullable<Known['place']> {
    const whole = { ...(proposal && this.#decoded(proposal.params)), ...this.#decoded(params) };
    const known: Record<string, ParamValue> = {};
    for (const step of planOf(this.#space).steps) {
      if (roleOf(step, known) === 'inactive' || !Object.hasOwn(whole, step.name)) continue;
      known[step.name] = whole[step.name] as ParamValue;
    }
    const point = pointOf(this.#space, known, new Set());
    return { params: point.params, key: paramsKey(point.given) };
  }

  #decoded(stored: StoredParams): Params {
    return Object.fromEntries(
      this.#parameters.flatMap(({ name, distribution }) => {
        const number = Object.hasOwn(stored, name) ? stored[name] : undefined;
        const value = number === undefined ? undefined : fromStored(distribution, number);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }
}

function viewTrialOf({ number, state, values, violations, steps }: TrialMessage): ViewTrial {
  return { number, state, values, violations, steps: new Map(steps) };
}

function isSame(a: readonly ViewTrial[], b: readonly ViewTrial[]): boolean {
  return a.length === b.length && a.every((each, k) => each === b[k]);
}
