import { constantValue, importanceNotes } from '../../../results/importance.js';
import type { ImportanceInfo } from '../../protocol.js';
import { Refusal } from '../http/refusal.js';
import type { Judge } from './importance-task.js';
import type { OpenStudy } from './open-study.js';

/** More configurations take seconds longer and change the answer by less than its intervals. */
const MAX_CONFIGURATIONS = 3_000;
/** An answer is used again for so many times as long as it took: while a sweep runs, every moment brings a trial. */
const REUSE = 10;

type Kept = {
  readonly revision: number;
  readonly answer: Promise<readonly ImportanceInfo[]>;
  /** On the clock of `performance.now()`. */
  reuseUntilMs: number;
};

const kept = new WeakMap<OpenStudy, Kept>();

/** How much each parameter matters for each objective. */
export function importances(open: OpenStudy, judge: Judge): Promise<readonly ImportanceInfo[]> {
  const known = kept.get(open);
  const beganMs = performance.now();
  if (known && (known.revision === open.revision || beganMs < known.reuseUntilMs)) return known.answer;
  const { objectives } = open.study.spec;
  const answer = Promise.all(objectives.map(({ metric }, k) => find(open, judge, { metric, k })));
  const entry: Kept = { revision: open.revision, answer, reuseUntilMs: Number.POSITIVE_INFINITY };
  kept.set(open, entry);
  answer.then(
    () => {
      const endMs = performance.now();
      entry.reuseUntilMs = endMs + REUSE * (endMs - beganMs);
    },
    () => kept.delete(open),
  );
  return answer;
}

/** How much each parameter matters for one objective; for the first one by default. */
export async function importanceFor(
  open: OpenStudy,
  judge: Judge,
  metric: string | null,
): Promise<ImportanceInfo> {
  const all = await importances(open, judge);
  const found = metric === null ? all[0] : all.find((each) => each.metric === metric);
  if (found) return found;
  throw new Refusal(404, 'importance.no-objective', `study has no objective ${JSON.stringify(metric)}`);
}

async function find(
  { model, study }: OpenStudy,
  judge: Judge,
  { metric, k }: { readonly metric: string; readonly k: number },
): Promise<ImportanceInfo> {
  const ranked = model.configurations.ranks.all();
  const total = ranked.length;
  // All of them in the order of `hpo importance`: the forest draws by position, so another order gives other shares.
  const chosen =
    total <= MAX_CONFIGURATIONS
      ? model.configurations.all()
      : evenly(ranked, MAX_CONFIGURATIONS).map((row) => model.configurations.at(row));
  const sample = chosen.map(({ params, state, values, trialCount }) => ({
    params,
    state,
    values,
    trialCount,
  }));
  const { pruned } = model.counts();
  const { space, seed } = study;
  const result = await judge({ space, configurations: sample, objective: k, seed });
  if ('none' in result) return { metric, none: 'too few', rows: [], notes: [result.none] };
  const { found } = result;
  const constant = constantValue(sample, k);
  const notes = importanceNotes({ ...found, pruned, objective: metric, constant });
  if (constant !== null) return { metric, none: notes[0] ?? 'constant', rows: [], notes: [] };
  const from = `a sample of ${sample.length} of ${total} configurations, from the best to the worst`;
  return {
    metric,
    none: null,
    rows: found.parameters.map(({ name, importance: value, low, high }) => ({ name, value, low, high })),
    notes: [...notes, ...(sample.length < total ? [from] : [])],
  };
}

/** At most so many rows, evenly spaced, the first and the last included. */
function evenly(rows: Int32Array, limit: number): number[] {
  const count = Math.min(rows.length, limit);
  const step = count > 1 ? (rows.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, k) => rows[Math.round(k * step)] as number);
}
