import { HpoError } from '../../../core/errors.js';
import { importanceOf, type ObjectiveImportance } from '../../../results/importance.js';
import type { ImportanceInfo } from '../../protocol.js';
import { Refusal } from '../http/refusal.js';
import type { OpenStudy } from './open-study.js';

type Kept = { readonly revision: number; readonly answer: readonly ImportanceInfo[] };

/** It takes up to seconds, so it is not found again for every trial. */
const kept = new WeakMap<OpenStudy, Kept>();

/** How much each parameter matters for each objective. */
export function importances(open: OpenStudy): readonly ImportanceInfo[] {
  const known = kept.get(open);
  if (known?.revision === open.revision) return known.answer;
  const answer = find(open);
  kept.set(open, { revision: open.revision, answer });
  return answer;
}

/** How much each parameter matters for one objective; for the first one by default. */
export function importanceFor(open: OpenStudy, metric: string | null): ImportanceInfo {
  const all = importances(open);
  const found = metric === null ? all[0] : all.find((each) => each.metric === metric);
  if (found) return found;
  throw new Refusal(404, 'importance.no-objective', `study has no objective ${JSON.stringify(metric)}`);
}

function find(open: OpenStudy): ImportanceInfo[] {
  try {
    return importanceOf(open.model).map(toInfo);
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    return open.study.spec.objectives.map(({ metric }) => ({
      metric,
      none: 'too few',
      rows: [],
      notes: [error.message],
    }));
  }
}

function toInfo({
  objective,
  parameters,
  explained,
  left,
  configurations,
}: ObjectiveImportance): ImportanceInfo {
  return {
    metric: objective,
    none: null,
    rows: parameters.map(({ name, importance: value, low, high }) => ({ name, value, low, high })),
    notes: [
      `from ${configurations} complete configurations; on their own the parameters explain ${Math.round(100 * explained)}% of the variance`,
      ...(left.length > 0 ? [`not judged, since not every configuration has them: ${left.join(', ')}`] : []),
    ],
  };
}
