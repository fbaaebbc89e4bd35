import type { Space } from '../core/space.js';
import type { ConfigView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { changedRows } from '../core/view-changes.js';
import type { Seen } from './thread.js';

// A thread holds a copy of the newest view, and is sent only what differs from it. Configurations never change, so two views
// have the same configuration exactly where they have the same object.

/** Samplers and terminators see less than schedulers. */
type Audience = 'search' | 'schedule';

/** Steps as pairs in one array: a map takes ten times as long to clone. */
type PackedTrial = Omit<TrialView, 'steps'> & { readonly steps: Float64Array };
type PackedConfig = Omit<ConfigView, 'trials'> & { readonly trials: readonly PackedTrial[] };
export type PlacedConfigs = readonly (readonly [position: number, config: PackedConfig])[];

/** What differs from the view before. */
export type ViewChange = {
  readonly audience: Audience;
  /** Number of configurations. */
  readonly count: number;
  readonly configs: PlacedConfigs;
  /** Null: as before. */
  readonly space: Space | null;
  /** All members of the view but its configurations; null: as before. */
  readonly members: Members | null;
};

/** What differs, with the configurations as they are: clones of many of them are made in parts. */
export type Difference = Omit<ViewChange, 'configs'> & { readonly configs: readonly Placed[] };
type Placed = readonly [position: number, config: ConfigView];

type Members = Readonly<Record<string, unknown>>;

/** Finds what a copy lacks. */
export class ViewDifference {
  #configs: readonly ConfigView[] = [];
  #space: Space | null = null;
  readonly #members = new Map<Audience, Members>();

  /** Returns what makes the copy this view. */
  to({ space, view }: Seen): Difference {
    const { configs, ...members } = view;
    const audience = 'resumable' in view ? 'schedule' : 'search';
    const changed = changedRows(this.#configs, configs).map((k): Placed => [k, configs[k] as ConfigView]);
    const isKnown = areSame(members, this.#members.get(audience));
    const isSpaceKnown = space === this.#space;
    this.#configs = configs;
    this.#space = space;
    this.#members.set(audience, members);
    return {
      audience,
      count: configs.length,
      configs: changed,
      space: isSpaceKnown ? null : space,
      members: isKnown ? null : members,
    };
  }
}

function areSame(a: Members, b: Members | undefined): boolean {
  const names = Object.keys(a);
  return (
    b !== undefined &&
    names.length === Object.keys(b).length &&
    names.every((name) => Object.is(a[name], b[name]))
  );
}

/** The newest view in a thread. Two changes that lead to the same view give the same object. */
export class ViewCopy {
  #configs: readonly ConfigView[] = [];
  /** What has arrived for the next view. */
  #coming: ConfigView[] | null = null;
  #space: Space | null = null;
  readonly #members = new Map<Audience, Members>();
  readonly #views = new Map<Audience, Seen['view']>();

  /** Notes a part of the configurations of the next change. */
  note(configs: PlacedConfigs): void {
    if (configs.length === 0) return;
    this.#coming ??= this.#configs.slice();
    for (const [position, config] of configs) this.#coming[position] = unpacked(config);
  }

  /** Returns the view after a change. */
  change({ audience, count, configs, space, members }: ViewChange): Seen {
    this.note(configs);
    if (this.#coming !== null || count !== this.#configs.length) {
      this.#configs = (this.#coming ?? this.#configs).slice(0, count);
      this.#coming = null;
      this.#views.clear();
    }
    if (members !== null) {
      this.#members.set(audience, members);
      this.#views.delete(audience);
    }
    if (space !== null) this.#space = space;
    let view = this.#views.get(audience);
    if (view === undefined) {
      view = { ...this.#members.get(audience), configs: this.#configs } as Seen['view'];
      this.#views.set(audience, view);
    }
    return { space: this.#space as Space, view };
  }
}

/** Returns configurations as they are sent. */
export function packed(configs: readonly Placed[]): PlacedConfigs {
  return configs.map(([position, config]) => {
    const trials = config.trials.map((trial) => ({ ...trial, steps: pairsOf(trial.steps) }));
    return [position, { ...config, trials }];
  });
}

function pairsOf(steps: ReadonlyMap<number, number>): Float64Array {
  const pairs = new Float64Array(2 * steps.size);
  let at = 0;
  for (const [step, value] of steps) {
    pairs[at++] = step;
    pairs[at++] = value;
  }
  return pairs;
}

function unpacked(config: PackedConfig): ConfigView {
  return { ...config, trials: config.trials.map((trial) => ({ ...trial, steps: stepsOf(trial.steps) })) };
}

function stepsOf(pairs: Float64Array): ReadonlyMap<number, number> {
  const steps = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 2) steps.set(pairs[at] as number, pairs[at + 1] as number);
  return steps;
}
