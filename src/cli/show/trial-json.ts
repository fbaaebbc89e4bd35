import { hostOf } from '../../liveness/identity.js';
import { curvesByMetric } from '../../results/curves.js';
import { rankedJson } from '../result-json.js';
import { rowJson } from '../trials/list-trials.js';
import type { ShownTrial } from './read-trial.js';

/** A trial as `hpo show --json` prints it. */
export function trialJson(shown: ShownTrial): object {
  const { study, row, params, metrics, attributes, attempts, lastWords, rank, repeats, files, command } =
    shown;
  const { children } = shown;
  const finals = metrics.flatMap(({ name, step, value }) => (step === null ? [[name, value]] : []));
  return {
    study: study.name,
    ...rowJson(row),
    outlier: shown.isOutlier,
    children,
    params,
    finals: Object.fromEntries(finals),
    attributes,
    curves: Object.fromEntries(
      [...curvesByMetric(metrics)].map(([name, { steps, values }]) => [
        name,
        { steps: [...steps], values: [...values] },
      ]),
    ),
    attempts: attempts.map(
      ({ attempt, owner, device, startedAtMs, finishedAtMs, exitCode, reason, cause }, k) => ({
        ...{ attempt, device, host: hostOf(owner), startedAtMs, finishedAtMs, exitCode, reason, cause },
        lastWords: lastWords[k] ?? null,
      }),
    ),
    rank: rank && { place: rank.place, of: rank.of, ...rankedJson(rank.result) },
    repeats: repeats.map((each) => ({
      number: each.number,
      seed: each.seed,
      state: each.state,
      values: each.values,
    })),
    ...files,
    command,
  };
}
