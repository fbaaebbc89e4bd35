import type { Params, ParamValue } from '../../core/distribution.js';
import { type HpoError, usageError } from '../../core/errors.js';
import { nameAmong } from '../../core/metric-name.js';
import { paramText } from '../../core/param-text.js';
import { shellLine } from '../../core/shell-word.js';
import type { Direction } from '../../core/trial.js';
import { pagesOf } from '../../loggers/csv/source.js';
import { type Distinction, UNKNOWN } from '../../results/distinction.js';
import { kneeIn } from '../../results/front-knee.js';
import { rankByMetric } from '../../results/metric-ranking.js';
import type { RankedConfiguration, ResultsModel } from '../../results/results-model.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { distinctionText } from '../distinction-text.js';
import { print, printData, printError, printJson } from '../output.js';
import { readStudyResults } from '../read-results.js';
import { distinguishedJson, frontJson } from '../result-json.js';
import { type ReadableStudy, studyToRead } from '../studies.js';
import { printTable } from '../table/print-table.js';
import { commandOf } from './best-command.js';
import { limitsLine, rankingTable } from './ranking-table.js';

/** How `hpo best` ranks and what it prints. */
export type BestQuery = {
  /** Null: TOP of a ranking, all of a front. */
  readonly top: number | null;
  /** Null: the objective. */
  readonly metric: string | null;
  /** Null: that of the objective. */
  readonly direction: Direction | null;
  /** Print the best configuration alone: as arguments, or as the command of its first trial. */
  readonly print: 'args' | 'command' | null;
  readonly json: boolean;
};

/** How many configurations of a ranking are shown. A front is shown whole. */
export const TOP = 5;

export async function showBest(storage: Storage, record: StudyRecord, asked: BestQuery): Promise<void> {
  const study = await studyToRead(storage, record);
  const query = { ...asked, metric: await storedName(storage, study, asked.metric) };
  const results = await readStudyResults(storage, study);
  const isFront = query.metric === null && study.spec.objectives.length > 1;
  if (query.print !== null) {
    if (isFront) throw whichBest(study);
    const [best] = (await ranking(storage, study, results, query)).filter(({ feasible }) => feasible);
    if (!best) throw noBest(study);
    const assumed = assumedDirection(study, query);
    if (assumed !== null) printError(assumed);
    return printData(
      `${query.print === 'args' ? argumentsOf(best.params) : await commandOf(storage, { record, study }, best)}\n`,
    );
  }
  if (isFront) return showFront(study, results.front(), query);
  const top = query.top ?? TOP;
  // However few are shown, the same number is compared: what is said of the first two must not depend on it.
  const compared = await ranking(storage, study, results, { ...query, top: Math.max(TOP, top) });
  const distinctions = isByObjective(study, query)
    ? results.distinctions(compared.slice(0, Math.max(TOP, top)))
    : [];
  await showRanking(study, { ranked: compared.slice(0, top), distinctions }, query);
}

/** Returns the metric as the study has it: either character for micro means it. */
async function storedName(
  storage: Storage,
  { id, spec }: ReadableStudy,
  metric: string | null,
): Promise<string | null> {
  if (metric === null) return null;
  const own = nameAmong(
    spec.objectives.map((each) => each.metric),
    metric,
  );
  if (own !== metric || !/[\u00b5\u03bc]/.test(metric)) return own;
  return nameAmong((await storage.columns(id)).metrics, metric);
}

/** The configurations, the best first: all of them by a metric, and as many as are wanted by the objective. */
async function ranking(
  storage: Storage,
  study: ReadableStudy,
  results: ResultsModel,
  { metric, direction, top, print }: BestQuery,
): Promise<readonly RankedConfiguration[]> {
  const { objectives } = study.spec;
  const objective = objectives.find((each) => each.metric === metric);
  const isOwn = metric === null || (objectives.length === 1 && objective !== undefined);
  const natural = objective?.direction ?? objectives[0]?.direction ?? 'minimize';
  // The best one first, and those that break a limit last: the first is enough.
  if (isOwn && (direction ?? natural) === natural) return results.best(print === null ? (top ?? TOP) : 1);
  const k = objective === undefined ? null : objectives.indexOf(objective);
  const values = await valuesByTrial(storage, study, metric, k ?? (metric === null ? 0 : null));
  return rankByMetric(
    { study, configurations: results.configurations, stateOf: (trial) => results.stateOf(trial) },
    (trial) => values.get(trial),
    direction ?? natural,
  );
}

/** Whether the ranking is that of the study's only objective, whose repeats are compared. */
function isByObjective({ spec }: ReadableStudy, { metric, direction }: BestQuery): boolean {
  const [objective] = spec.objectives;
  return (
    spec.objectives.length === 1 &&
    (metric === null || metric === objective?.metric) &&
    (direction === null || direction === objective?.direction)
  );
}

/** The value of an objective or the last value of a metric, by trial. @throws HpoError best.no-metric (usage). */
async function valuesByTrial(
  storage: Storage,
  study: ReadableStudy,
  metric: string | null,
  objective: number | null,
): Promise<ReadonlyMap<number, number>> {
  const values = new Map<number, number>();
  for await (const rows of pagesOf(storage, study.id))
    for (const row of rows) {
      const value =
        objective !== null
          ? row.values?.[objective]
          : metric !== null && Object.hasOwn(row.metrics, metric)
            ? row.metrics[metric]
            : undefined;
      if (value !== undefined) values.set(row.number, value);
    }
  if (values.size > 0 || objective !== null) return values;
  const { metrics } = await storage.columns(study.id);
  throw usageError('best.no-metric', `no trial of study ${study.name} has reported ${metric}`, {
    fix: metrics.length === 0 ? 'rank by the objective' : `use one of ${metrics.slice(0, 40).join(', ')}`,
  });
}

type Ranked = {
  readonly ranked: readonly RankedConfiguration[];
  /** One for each; none where the ranking is not that of the objective. */
  readonly distinctions: readonly Distinction[];
};

/** Says which way a metric is ranked that nobody gave a direction; null where someone did. */
function assumedDirection({ spec }: ReadableStudy, { metric, direction }: BestQuery): string | null {
  if (metric === null || direction !== null) return null;
  if (spec.objectives.some((each) => each.metric === metric)) return null;
  return spec.objectives[0]?.direction === 'maximize'
    ? `by the highest ${metric}, in the direction of the objective (--minimize: by the lowest)`
    : `by the lowest ${metric}, in the direction of the objective (--maximize: by the highest)`;
}

async function showRanking(
  study: ReadableStudy,
  { ranked, distinctions }: Ranked,
  query: BestQuery,
): Promise<void> {
  const { json, metric } = query;
  if (json)
    return printJson(
      'best',
      ranked.map((each, k) => ({
        ...(metric !== null && { metric }),
        ...distinguishedJson(each, distinctions[k] ?? UNKNOWN),
      })),
    );
  if (ranked.length === 0) return print(`study ${study.name} has no complete trial yet`);
  for (const line of [limitsLine(study, ranked), assumedDirection(study, query)])
    if (line !== null) print(line);
  const { columns, rows } = rankingTable(ranked, [metric ?? study.spec.objectives[0]?.metric ?? 'objective']);
  await printTable(columns, rows);
  for (const text of distinctionText(distinctions)) print(text);
}

async function showFront(
  study: ReadableStudy,
  front: readonly RankedConfiguration[],
  { json, top }: BestQuery,
): Promise<void> {
  const knee = kneeIn(front, study.spec.objectives);
  const shown = front.slice(0, top ?? undefined);
  if (json)
    return printJson(
      'front',
      shown.map((each) => frontJson(each, each === knee)),
    );
  if (front.length === 0) return print(`study ${study.name} has no complete configuration yet`);
  const metrics = study.spec.objectives.map(({ metric }) => metric);
  const { columns, rows } = rankingTable(shown, metrics, knee);
  await printTable(columns, rows);
}

/** A configuration as arguments of a POSIX shell, on one line: `lr=0.01 'name=a b'`. Numbers are whole. */
export function argumentsOf(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => {
      const text = paramText(value as ParamValue);
      if (text.endsWith('\n')) throw noLine(name);
      return shellLine(`${name}=${text}`);
    })
    .join(' ');
}

function noLine(name: string): HpoError {
  return usageError(
    'best.no-line',
    `expected values that fit on one line of a shell, ${name} ends in a line break`,
    {
      fix: 'read them as JSON: hpo best --top 1 --json',
    },
  );
}

function whichBest({ spec }: ReadableStudy): HpoError {
  const names = spec.objectives.map(({ metric }) => metric);
  return usageError(
    'best.which',
    `expected one best configuration, but the study has ${names.length} objectives`,
    {
      fix: `give --metric NAME (${names.join(', ')})`,
    },
  );
}

function noBest({ name, spec }: ReadableStudy): HpoError {
  const limits = spec.metricConstraints.length === 0 ? '' : ' that keeps the limits';
  return usageError('best.none', `study ${name} has no complete configuration${limits} yet`);
}
