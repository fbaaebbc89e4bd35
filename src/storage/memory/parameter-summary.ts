import type { Distribution, Params, ParamValue } from '../../core/distribution.js';
import { type ChoiceList, merged, type NewChoices, readChoices, withChoices } from '../choice-lists.js';
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

/** Notes every parameter of a trial. */
export function noteAllSeen(study: Study, distributions: Trial['distributions'], params: Params): void {
  // Mostly the same list as of the trial before.
  if (study.choices.size === 0 && study.noted === distributions) return;
  for (const [name, distribution] of distributions)
    noteSeen(study, name, distribution, params[name] as ParamValue);
  study.noted = distributions;
}

/** Stored as a file stores it: what Optuna cannot express is lost. */
export function noteSeen(study: Study, name: string, distribution: Distribution, value: ParamValue): void {
  if (!study.seen.has(name)) study.seen.set(name, new Set());
  const list = study.choices.get(name);
  const json =
    list === undefined || distribution.kind !== 'categorical'
      ? encodeDistribution(distribution)
      : (list.choices.includes(value) ? list : extend(study, name, [value])).json;
  // A list that was extended has replaced the set.
  study.seen.get(name)?.add(json);
}

/** Gives parameters new lists of choices. Their values of earlier trials stay. */
export function changeChoices(study: Study, lists: NewChoices): void {
  for (const [name, choices] of Object.entries(lists)) extend(study, name, choices);
}

function extend(study: Study, name: string, choices: readonly ParamValue[]): ChoiceList {
  const known = study.choices.get(name);
  const seen = [...(study.seen.get(name) ?? [])];
  const stored = seen.flatMap((json) => readChoices(json) ?? []);
  const list = withChoices(merged([...(known ? [known] : []), ...stored]), choices);
  study.choices.set(name, list);
  if (study.seen.has(name))
    study.seen.set(name, new Set(seen.map((json) => (readChoices(json) ? list.json : json))));
  return list;
}
