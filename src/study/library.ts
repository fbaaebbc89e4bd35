import type { Distribution, Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import { makeSpace, type ParamSpec } from '../core/space.js';
import type { Chosen } from '../core/spec.js';
import type { Direction } from '../core/trial.js';
import type { Storage } from '../storage/storage.js';
import { Study } from './study.js';

export type CreateStudyOptions = {
  readonly name: string;
  /** `memory:` (the default) or `sqlite:FILE`. */
  readonly storage?: string;
  /** Which way is better; with several objectives `directions` in its place, one for each. */
  readonly direction?: Direction;
  readonly directions?: readonly Direction[];
  readonly space: Readonly<Record<string, Distribution>>;
  /** A registry name, or one with options. Default: auto. */
  readonly sampler?:
    | string
    | ({ readonly name: string } & Readonly<Record<string, string | number | boolean>>);
  /** Default 0. With one asker at a time the same seed proposes the same configurations. */
  readonly seed?: number;
};

/** A trial to run: hand its number back with the result. */
export type AskedTrial = { readonly number: number; readonly params: Params };
/** A value of the objective (a list of them with several), or how the trial ended without one. */
export type Told = number | readonly number[] | { readonly state: 'fail' | 'pruned' };

export type LibraryStudy = {
  readonly name: string;
  /** @throws HpoError study.exhausted when nothing is left to try. */
  ask(): Promise<AskedTrial>;
  /**
   * A NaN counts as a failure.
   * @throws HpoError trial.finished when the trial is not running, trial.values when there is not one for each objective.
   */
  tell(trial: Pick<AskedTrial, 'number'>, told: Told): Promise<void>;
  close(): Promise<void>;
};

type OpenStorage = (url: string) => Promise<Storage>;

/**
 * Creates a study on an opened storage; `createStudy` of the package's entry is this with the real storages.
 * @throws HpoError study.directions unless either `direction` or `directions` is given, and what Study.create throws.
 */
export async function createStudyOn(open: OpenStorage, options: CreateStudyOptions): Promise<LibraryStudy> {
  const directions = directionsOf(options);
  const storage = await open(options.storage ?? 'memory:');
  const study = await Study.create(
    storage,
    options.name,
    toSpec(options, directions),
    options.seed ?? 0,
    Date.now(),
  );
  const ids = new Map<number, number>();
  return {
    name: study.name,
    async ask() {
      const asked = (await study.openEnqueued(null, Date.now())) ?? (await study.ask(null, Date.now()));
      if ('exhausted' in asked)
        throw usageError('study.exhausted', asked.exhausted, { fix: 'stop asking, or widen the space' });
      ids.set(asked.trial.number, asked.trial.id);
      return { number: asked.trial.number, params: study.given(asked.config) };
    },
    async tell({ number }, told) {
      const id = ids.get(number);
      const values = valuesOf(told);
      if (values && values.length !== directions.length) {
        throw usageError(
          'trial.values',
          `expected ${directions.length} values, one for each direction, got ${values.length}`,
        );
      }
      const complete = values !== null && !values.some(Number.isNaN);
      const state = isEnding(told) ? told.state : complete ? 'complete' : 'fail';
      const ending = {
        state,
        values: complete ? values : null,
        exitCode: null,
        reason: null,
        finishedAtMs: Date.now(),
      } as const;
      if (id === undefined || !(await study.tell(id, null, ending))) {
        throw usageError(
          'trial.finished',
          `expected a running trial that was asked for here, got trial ${number}`,
        );
      }
      ids.delete(number);
    },
    close: () => storage.close(),
  };
}

function directionsOf({ direction, directions }: CreateStudyOptions): readonly Direction[] {
  const given = [...(direction ? [direction] : []), ...(directions ?? [])];
  if (given.length > 0 && (direction === undefined || directions === undefined)) return given;
  throw usageError(
    'study.directions',
    `expected either direction or directions, got ${given.length === 0 ? 'neither' : 'both'}`,
    { fix: "direction: 'minimize', or directions: ['minimize', 'maximize']" },
  );
}

function isEnding(told: Told): told is Extract<Told, { readonly state: string }> {
  return typeof told === 'object' && 'state' in told;
}

function valuesOf(told: Told): readonly number[] | null {
  if (typeof told === 'number') return [told];
  return isEnding(told) ? null : told;
}

function toSpec(options: CreateStudyOptions, directions: readonly Direction[]) {
  const params: ParamSpec[] = Object.entries(options.space).map(([name, distribution]) => ({
    name,
    distribution,
  }));
  return {
    objectives: directions.map((direction, k) => ({
      metric: directions.length === 1 ? 'objective' : `objective_${k}`,
      direction,
      reduce: 'last' as const,
    })),
    space: makeSpace(params),
    trainer: { command: null, cwd: null, env: {} },
    config: {},
    repeats: 1,
    seeds: null,
    start: [],
    outcomes: [],
    sampler: toChosen(options.sampler ?? 'auto'),
    pruner: { name: 'none', options: {} },
    terminator: { name: 'none', options: {} },
    metrics: null,
  };
}

function toChosen(sampler: NonNullable<CreateStudyOptions['sampler']>): Chosen {
  if (typeof sampler === 'string') return { name: sampler, options: {} };
  const { name, ...options } = sampler;
  return { name, options: options as Chosen['options'] };
}
