import type { SweepEvent } from '../study/events.js';
import type { StudyInfo, StudyReader } from './study-reader.js';

/**
 * A subscriber to what was committed. Never slows or ends a sweep; what it missed in a crash it recovers from the reader.
 *
 * The caller awaits `open` once, calls `on` for every event, `flush` any number of times, and `close` in the end. A logger that
 * throws or rejects is reported once, and the sweep continues.
 */
export interface Logger {
  /**
   * Prepares to log one study and recovers what earlier processes did not deliver. A logger that rejects here, or takes too
   * long, receives no events.
   */
  open(study: StudyInfo, reader: StudyReader): Promise<void>;
  /** Notes one event and returns at once: it waits for no network and no lock. Events arrive in the order of their commits. */
  on(event: SweepEvent): void;
  /**
   * Brings the local output up to date with the database. Rejects when that output stays incomplete; the logger itself reports
   * the reason once.
   */
  flush(): Promise<void>;
  /**
   * Delivers what is left, releases everything, and resolves after about `limitMs` at the latest. A further call with a shorter
   * limit shortens the first one, because somebody pressed Ctrl-C. The logger reports what it did not deliver.
   */
  close(limitMs: number): Promise<void>;
}
