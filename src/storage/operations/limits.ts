import { num, type Operation, type Row, sql } from '../statement.js';
import type { Counts, TrialCounts, TrialLimit } from '../storage.js';
import { countEpochs, countExternal, countTrials } from './reading.js';
import { countRepeats } from './repeats.js';

/** Counts what `what` names, and nothing else. */
export function* count<K extends keyof Counts>(
  studyId: number,
  what: readonly K[],
  repeats = 1,
): Operation<Pick<Counts, K>> {
  const counts: Partial<Record<keyof Counts, number>> = {};
  const wanted: readonly (keyof Counts)[] = what;
  if (wanted.includes('committed')) Object.assign(counts, yield* countCommitted(studyId, repeats));
  else if (wanted.includes('trials')) counts.trials = yield* countTrials(studyId);
  if (wanted.includes('external')) counts.external = yield* countExternal(studyId);
  if (wanted.includes('repeats')) counts.repeats = yield* countRepeats(studyId);
  if (wanted.includes('epochs')) counts.epochs = yield* countEpochs(studyId);
  return Object.fromEntries(what.map((name) => [name, counts[name]])) as Pick<Counts, K>;
}

/** The trials of a study, and the same with the repeats that its configurations still get. */
function* countCommitted(studyId: number, repeats: number): Operation<TrialCounts> {
  const trials = yield* countTrials(studyId);
  if (repeats === 1) return { trials, committed: trials };
  const [row] = yield sql(
    `SELECT COALESCE(SUM(? - n), 0) AS missing FROM (
      SELECT COUNT(*) AS n FROM hpo_trials h JOIN trials t ON t.trial_id = h.trial_id WHERE h.study_id = ?
        GROUP BY h.configuration_id HAVING COUNT(*) < ? AND COUNT(CASE WHEN t.state = 'PRUNED' THEN 1 END) = 0) AS incomplete`,
    repeats,
    studyId,
    repeats,
  );
  return { trials, committed: trials + num(row as Row, 'missing') };
}

/** Returns whether the study has as many trials as the limit allows. The study is locked, so the answer holds until the commit. */
export function* isFull(studyId: number, limit: TrialLimit | null): Operation<boolean> {
  if (limit === null) return false;
  return (yield* countCommitted(studyId, limit.repeats)).committed >= limit.trials;
}
