import { TRANSFERRED } from '../../core/earlier-studies.js';
import type { JsonValue } from '../../core/trial.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { storedSpec } from '../../study/stored-spec.js';

/** How much an earlier study counts: by the newest proposal that says so; null before the first one. */
type ShownEarlier = {
  readonly study: string;
  readonly storage: string | null;
  readonly trials: number;
  readonly counts: number | null;
};

export type ShownTransfer = { readonly weight: 'auto' | number; readonly studies: readonly ShownEarlier[] };

/** Reads what a study learns from earlier ones; null where it has none. */
export async function readTransfer(storage: Storage, record: StudyRecord): Promise<ShownTransfer | null> {
  if (record.spec === null) return null;
  const { transfer } = storedSpec(record);
  if (transfer === null) return null;
  const { configs } = await storage.changes(record.id, {
    configId: 0,
    trialId: Number.MAX_SAFE_INTEGER,
    unfinished: [],
  });
  const newest = configs.findLast(({ attrs }) => Array.isArray(attrs[TRANSFERRED]));
  const weights = newest?.attrs[TRANSFERRED];
  return {
    weight: transfer.weight,
    studies: transfer.sources.map(({ study, storage: url }, k) => ({
      study,
      storage: url,
      trials: transfer.earlier[k]?.results ?? 0,
      counts: numberAt(weights, k),
    })),
  };
}

/** Returns a specification without the results that it keeps of earlier studies: `readTransfer` says what they are. */
export function withoutTransfer(spec: JsonValue): JsonValue {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([key]) => key !== 'transfer'));
}

function numberAt(list: JsonValue | undefined, at: number): number | null {
  const value = Array.isArray(list) ? list[at] : undefined;
  return typeof value === 'number' ? value : null;
}
