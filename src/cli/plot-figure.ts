import { nearest } from '../config/nearest.js';
import { type HpoError, usageError } from '../core/errors.js';
import { nameAmong } from '../core/metric-name.js';
import type { Figure } from '../plots/figure.js';
import type { PlotInput, PlotSettings, Target } from '../plots/plot.js';
import { plots } from '../plots/registry.js';
import { targetsOf } from '../plots/target.js';
import { type Curve, curvesByMetric } from '../results/curves.js';
import type { Storage } from '../storage/storage.js';
import { readStudyResults } from './read-results.js';
import type { ReadableStudy } from './studies.js';

/** Trials of which the steps of another metric than the first objective are read: one query each. */
const MOST_READ = 2000;

type Wanted = PlotSettings & {
  readonly kind: string;
  /** Null: the first objective. */
  readonly metric: string | null;
};

/**
 * Returns the figure of a study.
 * @throws HpoError plot.objectives, plot.unknown-metric, plot.unknown-parameter (usage).
 */
export async function drawFigure(storage: Storage, study: ReadableStudy, wanted: Wanted): Promise<Figure> {
  const entry = plots.find(({ name }) => name === wanted.kind);
  if (!entry) throw new RangeError(`no plot ${wanted.kind}`);
  const objectives = study.spec.objectives.length;
  if (entry.needs === 'several objectives' && objectives < 2)
    throw usageError('plot.objectives', `expected a study with several objectives, ${study.name} has one`, {
      fix: 'try hpo plot history',
    });
  const results = await readStudyResults(storage, study);
  const targets = targetsOf(results);
  const names = targets.map(({ name }) => name);
  const target =
    wanted.metric === null ? targets[0] : targets[names.indexOf(nameAmong(names, wanted.metric))];
  if (!target) throw unknownName('metric', wanted.metric ?? '', names);
  const known = [...results.table.params.keys()];
  for (const name of wanted.parameters)
    if (!known.includes(name)) throw unknownName('parameter', name, known);
  const curveOf =
    wanted.kind === 'curves' && (target.objective !== 0 || objectives > 1)
      ? await readCurves(storage, study.id, { results, target, top: wanted.top })
      : (trial: number) => results.curves.get(trial);
  const draw = await entry.load();
  return draw({ results, target, curveOf }, wanted);
}

type CurvesWanted = {
  readonly results: PlotInput['results'];
  readonly target: Target;
  readonly top: number;
};

/** The curves of a metric that the results do not hold: of the best configurations, and of some of the others. */
async function readCurves(storage: Storage, studyId: number, { results, target, top }: CurvesWanted) {
  const every = Math.max(1, Math.ceil(results.trialCount / MOST_READ));
  const best = results.best(top).flatMap(({ trials }) => trials);
  const some = [...Array(results.trialCount).keys()].filter((trial) => trial % every === 0);
  const found = new Map<number, Curve>();
  for (const trial of new Set([...best, ...some])) {
    const curve = curvesByMetric(await storage.metrics(studyId, trial)).get(target.name);
    if (curve) found.set(trial, curve);
  }
  return (trial: number) => found.get(trial) ?? null;
}

/** The error for a name that does not exist, with the one that may be meant. */
export function unknownName(
  what: 'plot' | 'metric' | 'parameter',
  name: string,
  known: readonly string[],
): HpoError {
  const meant = nearest(name, known);
  return usageError(`plot.unknown-${what}`, `no ${what} ${name}; known: ${known.join(', ')}`, {
    fix: meant === null ? 'use one of them' : `did you mean ${meant}?`,
  });
}
