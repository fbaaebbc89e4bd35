import { planGrid } from '../../core/grid-plan.js';
import { paramsKey } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import type { TrialBudget } from '../../core/trial-budget.js';
import type { StudyStore, TrialCounts, TrialStore } from '../../storage/storage.js';
import type { SearchContext } from '../ask/ask-context.js';
import type { ResultsSource, StudyRows } from '../study-context.js';

/** The total of trials of an endless sampler when no limit is set. */
export const DEFAULT_TRIALS = 100;

export type { TrialBudget };

export type Budget = {
  /** With this many trials no new configuration is asked for; null: until the sampler has no more. */
  readonly budget: number | null;
  /** Trials that the study will have in the end; null when that is not known. */
  readonly total: number | null;
  /** In a race: how many configurations are tried; null: as many as the budget allows. */
  readonly configurations: number | null;
};

type Repeats = Pick<StudySpec, 'repeats' | 'race'>;

/** Returns how many trials of a budget a race keeps for further seeds of configurations that an endless sampler proposes. */
export function reservedTrials(budget: number): number {
  return Math.floor(budget / 3);
}
/** What the number of trials follows from. */
export type PlanContext = Pick<SearchContext, 'space' | 'samplerEntry'> & { readonly spec: Repeats };

/**
 * `tried`: points of a grid that the study has. `elsewhere`: trials of configurations that are no points of it (any more). `waiting`:
 * configurations that were enqueued, initial ones among them: they run whatever the budget is.
 */
export type PlannedCounts = TrialCounts & {
  readonly tried?: number;
  readonly elsewhere?: number;
  readonly waiting?: number;
};

type CountContext = StudyRows<StudyStore & Pick<TrialStore, 'unfinished'>> &
  PlanContext &
  Pick<ResultsSource, 'configurations'>;

export async function countTrials(study: CountContext): Promise<PlannedCounts> {
  const { storage, id, spec, space, samplerEntry } = study;
  const stored = await storage.count(id, ['trials', 'committed'], spec.repeats);
  const counts = { ...stored, waiting: (await storage.unfinished(id, 'waiting')).length };
  if (samplerEntry.endless || counts.trials === 0) return counts;
  const points = new Set(planGrid(space).points.map(({ given }) => paramsKey(given)));
  const known = await study.configurations();
  const tried = known.filter(({ config }) => points.has(config.key)).length;
  const others = known.filter(({ config }) => !points.has(config.key));
  return { ...counts, tried, elsewhere: others.reduce((sum, { trials }) => sum + trials.length, 0) };
}

type Limits = {
  readonly trials: TrialBudget | null;
  /** How many configurations are tried, in the place of `trials`; null: not given. */
  readonly configurations: number | null;
  readonly timeoutMs: number | null;
  readonly epochs: number | null;
  /** What else ends the sweep when it is spent; null or left out: nothing. */
  readonly spending?: object | null;
};

/** Returns how many trials there will be. Without any limit an endless sampler stops at DEFAULT_TRIALS. */
export function planBudget(study: PlanContext, counts: PlannedCounts, limits: Limits): Budget {
  const { trials, configurations, timeoutMs, epochs, spending = null } = limits;
  const { repeats, race } = study.spec;
  const { endless } = study.samplerEntry;
  const wanted = trials === null ? null : trials.count + (trials.more ? counts.trials : 0);
  if (race !== null) {
    const isLimited =
      configurations !== null || timeoutMs !== null || epochs !== null || spending !== null || !endless;
    // How many seeds a race needs is known when it is decided.
    return { budget: wanted ?? (isLimited ? null : DEFAULT_TRIALS), total: null, configurations };
  }
  const asked = wanted ?? (configurations === null ? null : configurations * repeats);
  if (!endless) {
    const all = planGrid(study.space).points.length * repeats + (counts.elsewhere ?? 0);
    const isWhole = asked === null || asked >= all;
    const total = isWhole ? all : Math.max(counts.committed, roundUp(asked, repeats));
    return { budget: asked, total, configurations: null };
  }
  const isLimited = timeoutMs !== null || epochs !== null || spending !== null;
  const budget = asked ?? (isLimited ? null : DEFAULT_TRIALS);
  const total = budget === null ? null : Math.max(counts.committed, roundUp(budget, repeats));
  return { budget, total, configurations: null };
}

/** Rounds up to whole configurations: their repeats are always completed. */
function roundUp(trials: number, repeats: number): number {
  return Math.ceil(trials / repeats) * repeats;
}
