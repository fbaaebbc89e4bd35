import type { StudyInfo } from './study-reader.js';

/** Returns what tells a study from others of the same name, for what a logger keeps outside the database. */
export function identityOf({ name, createdAtMs, seed }: StudyInfo): string {
  return JSON.stringify([name, createdAtMs, seed]);
}
