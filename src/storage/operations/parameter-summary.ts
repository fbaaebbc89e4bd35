import type { Distribution } from '../../core/distribution.js';
import { distributionOf } from '../codec.js';
import { METRIC_NAMES, namesOf } from '../metric-names.js';
import { num, type Operation, type Row, sql, text } from '../statement.js';
import type { ParameterSummary, SeenParam } from '../storage.js';
import { storedJson } from '../stored-json.js';

/** Trials that ran long enough to have all their parameters. */
const RAN = "t.state IN ('COMPLETE', 'PRUNED')";

export function* parameterSummary(studyId: number): Operation<ParameterSummary> {
  const [counted] = yield sql(
    `SELECT (SELECT COUNT(*) FROM trials t WHERE t.study_id = ? AND ${RAN}) AS trials,
      (SELECT COUNT(*) FROM study_directions WHERE study_id = ?) AS objectives`,
    studyId,
    studyId,
  );
  const rows = yield sql(
    `SELECT p.param_name, p.distribution_json, COUNT(CASE WHEN ${RAN} THEN 1 END) AS trials
      FROM trials t JOIN trial_params p ON p.trial_id = t.trial_id WHERE t.study_id = ?
      GROUP BY p.param_name, p.distribution_json ORDER BY MIN(p.param_id)`,
    studyId,
  );
  const [names] = yield sql(
    `SELECT value_json FROM study_system_attributes WHERE study_id = ? AND "key" = '${METRIC_NAMES}'`,
    studyId,
  );
  return {
    metricNames: names ? namesOf(storedJson(names, 'value_json'), num(counted as Row, 'objectives')) : null,
    parameters: toParameters(rows),
    trials: num(counted as Row, 'trials'),
  };
}

function toParameters(rows: readonly Row[]): SeenParam[] {
  const seen = new Map<string, { distributions: Distribution[]; trials: number }>();
  for (const row of rows) {
    const name = text(row, 'param_name');
    const param = seen.get(name) ?? { distributions: [], trials: 0 };
    param.distributions.push(distributionOf(row));
    param.trials += num(row, 'trials');
    seen.set(name, param);
  }
  return [...seen].map(([name, param]) => ({ name, ...param }));
}
