import { decodeDistribution, encodeDistribution } from '../distributions.js';
import { metricNamesIn } from '../metric-names.js';
import { fromPythonJson } from '../python-json.js';
import type { Survey } from '../storage.js';
import type { Config, Study, Tables, Trial } from './tables.js';

export function survey(tables: Tables, studyId: number): Survey {
  const study = tables.studies.get(studyId);
  if (!study) return { metricNames: null, parameters: [], trials: 0 };
  const ran = study.trials.filter(({ state }) => state === 'complete' || state === 'pruned');
  return {
    metricNames: metricNamesIn(fromPythonJson(study.specJson), study.directions.length),
    parameters: parametersOf(study, ran),
    trials: ran.length,
  };
}

/** `ran`: trials that came as far as to have all their parameters. */
function parametersOf({ configs }: Study, ran: readonly Trial[]): Survey['parameters'] {
  const counts = new Map<Config | null, number>();
  for (const { config } of ran) counts.set(config, (counts.get(config) ?? 0) + 1);
  const seen = new Map<string, { readonly jsons: Set<string>; trials: number }>();
  for (const config of configs) {
    const trials = counts.get(config) ?? 0;
    for (const [name, distribution] of config.distributions) {
      const param = seen.get(name) ?? { jsons: new Set(), trials: 0 };
      // As a file gives it: what Optuna has no word for is lost.
      param.jsons.add(encodeDistribution(distribution));
      param.trials += trials;
      seen.set(name, param);
    }
  }
  return [...seen].map(([name, { jsons, trials }]) => ({
    name,
    distributions: [...jsons].map(decodeDistribution),
    trials,
  }));
}
