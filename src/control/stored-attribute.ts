import { HpoError } from '../core/errors.js';
import type { JsonValue } from '../core/trial.js';
import type { StudyAttributes } from '../storage/storage.js';

/** Two processes that write at once take turns; more losses than this in a row are a defect. */
const MAX_TRIES = 20;

/**
 * Replaces an attribute of a study by what `change` makes of it (undefined: it has none), and returns that. A write of another
 * process at the same time is not overwritten: `change` is called again with what it wrote. Writes only what differs.
 */
export async function updateAttribute<T>(
  storage: Pick<StudyAttributes, 'readAttributes' | 'writeAttribute'>,
  { studyId, name }: { readonly studyId: number; readonly name: string },
  change: (before: JsonValue | undefined) => T,
): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const before = (await storage.readAttributes(studyId))[name];
    const after = change(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return after;
    const value = after as unknown as JsonValue;
    if (await storage.writeAttribute(studyId, name, value, before ?? null)) return after;
  }
  const message = `expected to store ${name}, but others wrote ${MAX_TRIES} times first`;
  throw new HpoError('control.conflict', message, { fix: 'run the same command again' });
}
