import type { Params } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { isFeasible } from '../../core/metric-constraints.js';
import type { ConfigurationResult } from '../../results/configurations.js';
import { comparePaired, type PairedComparison, type SeededValue } from '../../results/paired-comparison.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { readStudyResults } from '../read-results.js';
import { type ReadableStudy, studyToRead } from '../studies.js';

/** One configuration, as it is compared. */
export type ConfigurationSide = {
  /** Null when another program made it. */
  readonly configuration: number | null;
  readonly params: Params;
  readonly trials: readonly number[];
  readonly feasible: boolean;
  /** Of its complete trials, for the objective. */
  readonly values: readonly (SeededValue & { readonly trial: number })[];
};

export type ConfigurationsComparison = {
  readonly study: ReadableStudy;
  readonly a: ConfigurationSide;
  readonly b: ConfigurationSide;
  /** One for each objective. */
  readonly objectives: readonly { readonly metric: string; readonly paired: PairedComparison }[];
};

/**
 * Compares two configurations of a study seed by seed. `byTrial`: the numbers are those of trials, whose configurations are
 * compared. @throws HpoError compare.no-configuration (usage).
 */
export async function compareConfigurations(
  storage: Storage,
  record: StudyRecord,
  numbers: readonly [number, number],
  byTrial: boolean,
): Promise<ConfigurationsComparison> {
  const study = await studyToRead(storage, record);
  const all = (await readStudyResults(storage, study)).configurations.all();
  const [a, b] = numbers.map((number) => {
    const found = all.find((each) =>
      byTrial ? each.trials.some((trial) => trial.number === number) : each.number === number,
    );
    if (found) return found;
    throw usageError(
      'compare.no-configuration',
      `study ${study.name} has no ${byTrial ? 'trial' : 'configuration'} ${number}`,
      {
        fix: byTrial
          ? 'see hpo trials'
          : 'see `hpo trials --columns trial,configuration`, or give numbers of trials with --trials',
      },
    );
  }) as [ConfigurationResult, ConfigurationResult];
  const rows = {
    a: await rowsOf(storage, record.id, a.trials),
    b: await rowsOf(storage, record.id, b.trials),
  };
  const values = (side: 'a' | 'b', k: number) =>
    rows[side].flatMap(({ number: trial, state, seed, values: found }) =>
      state === 'complete' && found?.[k] !== undefined ? [{ trial, seed, value: found[k] }] : [],
    );
  const sideOf = (side: 'a' | 'b', from: ConfigurationResult): ConfigurationSide => ({
    configuration: from.number,
    params: { ...from.params, ...from.forced },
    trials: from.trials.map(({ number }) => number),
    feasible: isFeasible(from.violations),
    values: values(side, 0),
  });
  return {
    study,
    a: sideOf('a', a),
    b: sideOf('b', b),
    objectives: study.spec.objectives.map(({ metric }, k) => ({
      metric,
      paired: comparePaired(values('a', k), values('b', k)),
    })),
  };
}

async function rowsOf(storage: Storage, studyId: number, trials: readonly { readonly number: number }[]) {
  const rows = [];
  for (const { number } of trials) rows.push(...(await storage.rows(studyId, number, 1)));
  return rows;
}
