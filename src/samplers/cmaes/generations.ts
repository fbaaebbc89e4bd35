import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { Attrs } from '../../core/trial.js';
import { type GenerationAttrs, generationOf } from './generation-attrs.js';
import {
  beginSearch,
  makePlan,
  nextGeneration,
  type Parent,
  type Plan,
  type Search,
  type SearchOptions,
} from './search.js';
import { whereToBegin } from './start.js';

/** What the next configuration must carry besides its point. */
type Opening = Omit<GenerationAttrs, 'x' | 'space'>;
/** A state of the search, and the members of the generation that it was made from. */
type Step = { readonly parents: readonly Parent[]; readonly search: Search };

/**
 * The generations of a study as its view implies them. It keeps its state from the view before and reads only the
 * differences, so that the thousandth proposal costs as much as the tenth. The content depends on the last view alone.
 */
export class Generations {
  readonly plan: Plan;
  readonly #space: Space;
  readonly #options: SearchOptions;
  readonly #marks = new WeakMap<Attrs, { readonly mark: GenerationAttrs | null }>();
  #seen: Pick<StudyView, 'seed' | 'directions' | 'configs'> | null = null;
  /** The configurations of this sampler, by their position in the view. */
  #members = new Map<number, Parent>();
  /** Number of the first trial -> position. */
  #positions = new Map<number, number>();
  /** Generation -> position of the configuration that opened it. */
  #openings = new Map<number, number>();
  /** Position -> generation that it was a parent of. */
  #used = new Map<number, number>();
  /** Positions in no generation yet. */
  #unused = new Set<number>();
  /** Numbers of parents that the view does not have. */
  #absent = new Set<number>();
  #first: Search | null = null;
  /** Step g made generation g + 1. */
  #steps: Step[] = [];
  /** The generation that the next configuration opens. */
  #next: Step | null = null;

  constructor(space: Space, options: SearchOptions) {
    this.#space = space;
    this.#options = options;
    this.plan = makePlan(space);
  }

  /** Returns the state of the search, and what the next configuration must carry besides its point. */
  read(view: StudyView): { search: Search; opening: Opening } {
    if (!this.#update(view)) {
      this.#clear();
      this.#update(view);
    }
    const start = this.#opening(0)?.start;
    if (!start) {
      const from = whereToBegin(this.#space, view, this.plan);
      return {
        search: beginSearch(this.plan, from, this.#options),
        opening: { generation: 0, start: from },
      };
    }
    this.#first ??= beginSearch(this.plan, start, this.#options);
    this.#advance(view);
    const { search, generation } = this.#newest();
    const parents = this.#waiting(search, generation);
    if (parents === null) return { search, opening: { generation } };
    this.#next = this.#made(this.#next, parents, view);
    return {
      search: this.#next.search,
      opening: { generation: generation + 1, parents: parents.map(firstTrial) },
    };
  }

  #clear(): void {
    this.#seen = null;
    for (const kept of [this.#members, this.#positions, this.#openings, this.#used]) kept.clear();
    for (const kept of [this.#unused, this.#absent]) kept.clear();
    this.#first = null;
    this.#steps = [];
    this.#next = null;
  }

  /** Returns false when the last view says nothing about this one. */
  #update(view: StudyView): boolean {
    const before = this.#seen;
    const { seed, directions, configs } = view;
    if (before && (seed !== before.seed || directions[0] !== before.directions[0])) return false;
    if (before && configs.length < before.configs.length) return false;
    this.#seen = { seed, directions, configs: configs.slice() };
    for (let at = 0; at < configs.length; at++) {
      const config = configs[at] as ConfigView;
      if (before?.configs[at] !== config && !this.#note(at, config)) return false;
    }
    return true;
  }

  #note(at: number, config: ConfigView): boolean {
    const old = this.#members.get(at);
    const mark = this.#markOf(config);
    if (!mark) return old === undefined;
    const member = { config, mark };
    const number = firstTrial(member);
    if (old) {
      const generation = this.#used.get(at);
      if (!isSameMark(old.mark, mark)) return false;
      if (firstTrial(old) !== number) {
        // A configuration that was proposed in a batch is opened.
        if (generation !== undefined || this.#absent.has(number)) return false;
        this.#positions.delete(firstTrial(old));
        this.#positions.set(number, at);
      }
      this.#members.set(at, member);
      if (generation !== undefined) this.#forgetFrom(generation);
      return true;
    }
    const opened = mark.start || mark.parents ? this.#openings.get(mark.generation) : undefined;
    if ((opened !== undefined && opened > at) || this.#absent.has(number)) return false;
    if ((mark.start || mark.parents) && opened === undefined) this.#openings.set(mark.generation, at);
    this.#members.set(at, member);
    this.#positions.set(number, at);
    this.#unused.add(at);
    return true;
  }

  /** Attributes are read once: the states of a configuration share them. */
  #markOf({ attrs }: ConfigView): GenerationAttrs | null {
    let known = this.#marks.get(attrs);
    if (!known) {
      known = { mark: generationOf(attrs, this.plan.coordinates.length, this.plan.mark) };
      this.#marks.set(attrs, known);
    }
    return known.mark;
  }

  #opening(generation: number): GenerationAttrs | undefined {
    const at = this.#openings.get(generation);
    return at === undefined ? undefined : this.#members.get(at)?.mark;
  }

  /** A member of this generation has changed: it and those after it are made again. */
  #forgetFrom(generation: number): void {
    for (const [at, of] of this.#used) {
      if (of < generation) continue;
      this.#used.delete(at);
      this.#unused.add(at);
    }
    this.#steps.length = generation - 1;
    this.#next = null;
  }

  #newest(): { search: Search; generation: number } {
    return { search: this.#steps.at(-1)?.search ?? (this.#first as Search), generation: this.#steps.length };
  }

  /** Makes the generations that were opened since the view before. */
  #advance(view: StudyView): void {
    for (let next = this.#opening(this.#steps.length + 1); next; ) {
      const generation = this.#steps.length + 1;
      const parents: Parent[] = [];
      for (const number of next.parents ?? []) {
        const at = this.#positions.get(number);
        if (at === undefined) this.#absent.add(number);
        else {
          parents.push(this.#members.get(at) as Parent);
          this.#unused.delete(at);
          this.#used.set(at, generation);
        }
      }
      this.#steps.push(this.#made(this.#next, parents, view));
      next = this.#opening(generation + 1);
    }
  }

  /** Returns the next state; `known` when it was made from the same members before. */
  #made(known: Step | null, parents: readonly Parent[], view: StudyView): Step {
    if (known && isSame(known.parents, parents)) return known;
    const { search, generation } = this.#newest();
    return {
      parents,
      search: nextGeneration(search, parents, generation + 1, this.plan, view, this.#options),
    };
  }

  /**
   * Returns the members of the next generation, in order of position; null while results are missing. A batch of trials that were
   * drawn together is one generation, however large it is.
   */
  #waiting({ strategy }: Search, generation: number): Parent[] | null {
    const { lambda } = strategy.constants;
    if (this.#unused.size < lambda) return null;
    const waiting = [...this.#unused]
      .sort((a, b) => a - b)
      .map((at) => this.#members.get(at) as Parent)
      .filter(({ config }) => config.state !== 'running');
    if (waiting.length < lambda) return null;
    return waiting.filter(({ mark }, k) => k < lambda || mark.generation === generation);
  }
}

const firstTrial = ({ config }: Parent): number => config.trials[0]?.number ?? -1;

/** Copies of the attributes come with each state of a configuration, and the storage makes its own. */
function isSameMark(a: GenerationAttrs, b: GenerationAttrs): boolean {
  if (a === b) return true;
  const isOpening = a.start || a.parents || b.start || b.parents;
  return isOpening
    ? JSON.stringify(a) === JSON.stringify(b)
    : a.generation === b.generation && a.x.every((x, k) => x === b.x[k]);
}

function isSame(a: readonly Parent[], b: readonly Parent[]): boolean {
  return a.length === b.length && a.every(({ config }, k) => config === b[k]?.config);
}
