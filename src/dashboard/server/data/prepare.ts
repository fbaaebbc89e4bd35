import { encodedColumns, encodedCurves } from './encoded.js';
import type { OpenStudies } from './open-studies.js';

/**
 * Opens a study and encodes its trials, so that the page that is about to ask for them does not wait. Never rejects: what
 * is wrong, the page's own requests say.
 */
export async function prepareStudy(studies: OpenStudies, name: string): Promise<void> {
  try {
    const open = await studies.get(name);
    // Compressed in other threads, while this one encodes the next.
    await Promise.all([encodedColumns(open, null).compress('br'), encodedCurves(open, null).compress('br')]);
  } catch {
    // There is no such study, or it cannot be read at the moment.
  }
}
