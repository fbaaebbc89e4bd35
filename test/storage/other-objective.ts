import type { Recomputed, Storage } from '../../src/storage/storage.js';

/** Makes another metric the objective: of a told trial its final value, else of a step. */
export function changeObjective(
  storage: Storage,
  studyId: number,
  before: string,
  now: string,
): Promise<Recomputed | null> {
  return storage.updateStudy(
    studyId,
    { objectives: [{ metric: now }] },
    {
      directions: ['minimize'],
      objectives: {
        before: [before],
        now: [now],
        values: ({ state, withoutAttempt }, [stored]) => {
          const steps = [...(stored?.steps ?? [])].map(([step, value]) => step + value);
          const value =
            (withoutAttempt ? stored?.final : null) ?? steps.at(state === 'pruned' ? -1 : 0) ?? null;
          return [Number.isNaN(value) ? null : value];
        },
      },
    },
  );
}
