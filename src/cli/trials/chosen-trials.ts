import { TableTrial } from '../../results/table-trial.js';
import type { ListedTrial } from '../../results/trial-fields.js';
import { TopTrials, type TrialOrder } from '../../results/trial-order.js';
import type { Storage, TrialRow } from '../../storage/storage.js';
import type { StoredFeed } from '../../summaries/stored-feed.js';

/** Which trials are listed. */
type Choice = {
  readonly keeps: (trial: ListedTrial) => boolean;
  /** Null: by number. */
  readonly order: TrialOrder | null;
  readonly limit: number;
};

/** A page of the list. `isLast`: there are no trials after those that it was chosen from. */
export type ChosenPage = { readonly rows: readonly TrialRow[]; readonly isLast: boolean };

/**
 * Yields the trials of a list from the results of their study, so that only those are read that are printed: in pages as they come
 * when everything is read.
 */
export async function* chosenTrials(
  storage: Storage,
  studyId: number,
  results: StoredFeed,
  { keeps, order, limit, pageLength }: Choice & { readonly pageLength: number },
): AsyncGenerator<ChosenPage> {
  const { table, ids } = results.feed;
  const read = async (numbers: readonly number[]) => {
    const found = new Map<number, TrialRow>();
    const wanted = numbers.flatMap((number) => ids[number] ?? []);
    for (const { steps: _, ...row } of await storage.results(studyId, wanted)) found.set(row.number, row);
    // It may have changed since.
    return numbers.flatMap((number) => found.get(number) ?? []).filter(keeps);
  };
  const trial = new TableTrial(table);
  const kept = function* (from: number, to: number) {
    for (trial.number = from; trial.number < to; trial.number++)
      if (table.stateOf(trial.number) !== null && keeps(trial)) yield trial.number;
  };
  if (order === null) {
    for (let from = 0; from < table.length; from += pageLength) {
      const numbers = [...kept(from, Math.min(table.length, from + pageLength))];
      const isLast = from + pageLength > table.length;
      if (numbers.length > 0) yield { rows: await read(numbers), isLast };
    }
    return;
  }
  const top = new TopTrials<number>(order, limit);
  for (const _ of kept(0, table.length)) top.add(trial, ({ number }) => number);
  const sorted = top.lines();
  for (let at = 0; at < sorted.length; at += pageLength)
    yield {
      rows: await read(sorted.slice(at, at + pageLength)),
      isLast: at + pageLength >= sorted.length,
    };
}
