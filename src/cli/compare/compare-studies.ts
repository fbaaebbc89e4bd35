import { usageError } from '../../core/errors.js';
import { isFeasible } from '../../core/metric-constraints.js';
import {
  type Budget,
  type BudgetTrial,
  bestAt,
  budgetHistory,
  commonBudget,
} from '../../results/budget-history.js';
import { type Comparison, compareGroups } from '../../results/comparison.js';
import type { RankedConfiguration, ResultsModel, StateCounts } from '../../results/results-model.js';
import { TableTrial } from '../../results/table-trial.js';
import type { TrialTable } from '../../results/trial-table.js';
import type { Storage } from '../../storage/storage.js';
import { readStudyResults } from '../read-results.js';
import { type ReadableStudy, studyToRead } from '../studies.js';

/** What one study has found of its first objective. */
export type StudySide = {
  readonly study: ReadableStudy;
  readonly best: RankedConfiguration | null;
  readonly counts: StateCounts;
  readonly epochs: number;
  readonly hours: number;
  /** Of complete trials that keep every limit, in order of number. */
  readonly values: readonly number[];
  /** The best value at budgets that all of the studies have spent. */
  readonly atBudget: Readonly<Record<Budget, number | null>>;
};

export type StudiesComparison = {
  readonly budgets: Readonly<Record<Budget, number>>;
  readonly sides: readonly StudySide[];
  /** Each study but the first against the first. */
  readonly against: readonly { readonly a: string; readonly b: string; readonly test: Comparison }[];
};

const BUDGETS = ['trials', 'epochs', 'hours'] as const;

/** Compares studies of one database. @throws HpoError study.not-found, compare.other-direction (usage). */
export async function compareStudies(storage: Storage, names: readonly string[]): Promise<StudiesComparison> {
  const studies: ReadableStudy[] = [];
  for (const name of names) studies.push(await namedStudy(storage, name));
  const [first] = studies as [ReadableStudy];
  const direction = first.spec.objectives[0]?.direction ?? 'minimize';
  for (const { name, spec } of studies)
    if (spec.objectives[0]?.direction !== direction)
      throw usageError(
        'compare.other-direction',
        `expected studies whose first objective is optimized in one direction, but ${first.name} has ${direction} and ${name} ${spec.objectives[0]?.direction}`,
      );
  const models: ResultsModel[] = [];
  for (const study of studies) models.push(await readStudyResults(storage, study));
  const rows = models.map(({ table }) => trialsIn(table));
  const histories = rows.map((each) => budgetHistory(each, 0, direction));
  const budgets = Object.fromEntries(
    BUDGETS.map((budget) => [budget, commonBudget(histories, budget)]),
  ) as Record<Budget, number>;
  const sides: StudySide[] = [];
  for (const [k, study] of studies.entries()) {
    const results = models[k] as ResultsModel;
    const [best] = results.best(1);
    const history = histories[k] ?? [];
    sides.push({
      study,
      best: best?.feasible ? best : null,
      counts: results.counts(),
      epochs: history.at(-1)?.epochs ?? 0,
      hours: history.at(-1)?.hours ?? 0,
      values: (rows[k] ?? []).flatMap(feasibleValue),
      atBudget: Object.fromEntries(
        BUDGETS.map((budget) => [budget, bestAt(history, budget, budgets[budget])]),
      ) as Record<Budget, number | null>,
    });
  }
  const against = sides.slice(1).map(({ study, values }) => ({
    a: first.name,
    b: study.name,
    test: compareGroups(sides[0]?.values ?? [], values, direction),
  }));
  return { budgets, sides, against };
}

async function namedStudy(storage: Storage, name: string): Promise<ReadableStudy> {
  const record = await storage.findStudy(name);
  if (record) return studyToRead(storage, record);
  throw usageError('study.not-found', `no study ${name} in ${storage.url}`, { fix: 'see hpo study list' });
}

/** Only what is compared. */
function trialsIn(table: TrialTable): BudgetTrial[] {
  const found: BudgetTrial[] = [];
  const trial = new TableTrial(table);
  for (; trial.number < table.length; trial.number++) {
    const { number, state, values, violations, epochs, finishedAtMs, spentMs } = trial;
    if (table.stateOf(number) !== null)
      found.push({ number, state, values, violations, epochs, finishedAtMs, spentMs });
  }
  return found;
}

function feasibleValue({ state, values, violations }: BudgetTrial): number[] {
  const value = values?.[0];
  return state === 'complete' && isFeasible(violations) && value !== undefined ? [value] : [];
}
