import type { Distribution } from '../../core/distribution.js';
import { decodeDistribution, encodeDistribution } from '../distributions.js';
import { metricNamesIn } from '../metric-names.js';
import { fromPythonJson } from '../python-json.js';
import type { ParameterSummary } from '../storage.js';
import type { Study, Tables, Trial } from './tables.js';

export function parameterSummary(tables: Tables, studyId: number): ParameterSummary {
  const study = tables.studies.get(studyId);
  if (!study) return { metricNames: null, parameters: [], trials: 0 };
  const ran = study.trials.filter(({ state }) => state === 'complete' || state === 'pruned');
  return {
    metricNames: metricNamesIn(fromPythonJson(study.specJson), study.directions.length),
    parameters: parametersOf(study, ran),
    trials: ran.length,
  };
}

function parametersOf({ seen }: Study, ran: readonly Trial[]): ParameterSummary['parameters'] {
  return [...seen].map(([name, jsons]) => ({
    name,
    distributions: [...jsons].map(decodeDistribution),
    trials: ran.filter(({ params }) => Object.hasOwn(params, name)).length,
  }));
}

/** Stored as a file stores it: what Optuna cannot express is lost. */
export function noteSeen({ seen }: Study, name: string, distribution: Distribution): void {
  const jsons = seen.get(name) ?? new Set<string>();
  seen.set(name, jsons.add(encodeDistribution(distribution)));
}
