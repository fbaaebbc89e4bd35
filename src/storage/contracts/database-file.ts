import type { Liveness } from '../../liveness/liveness.js';
import type { DatabasePlace } from '../place.js';
import type { FileState, Separation, StudyRows } from './study-records.js';
import type { Leases, WorkerRecord } from './worker-records.js';

/** The database itself, whatever is in it. */
export interface DatabaseFile {
  /** The URL it was opened with, for messages. It has no password, and opens the same database in this process. */
  readonly url: string;
  readonly place: DatabasePlace;
  /** Who owns attempts and indices here, and whether these processes still live. */
  readonly liveness: Liveness;
  /** Null: a database of one machine needs none, since locks of its kernel tell who lives. */
  readonly leases: Leases | null;
  /** The workers that have had a lease on a study, each with its newest one, the oldest first. */
  workers(studyId: number): Promise<readonly WorkerRecord[]>;
  /** Whether the file that was opened is still the one at its path. A database without a file is always in place. */
  fileState(): Promise<FileState>;
  /**
   * Writes everything that is stored to a new file beside the database, or to another folder where that fails, and
   * returns its path. Returns null for a database without a file.
   */
  rescue(): Promise<string | null>;
  /** Every row of a study at one moment, to be written to another database. @throws HpoError storage.in-memory (usage). */
  readStudyRows(studyId: number): Promise<StudyRows>;
  /**
   * Writes the rows of a study under a new name and new ids, all or none. Nobody owns its indices. `separation`: it becomes a study
   * of its own in the same transaction, as `separateCopy` makes it; null: it stays the same one. Returns how many trials were
   * queued again.
   * @throws HpoError storage.study-exists, storage.bad-name, storage.in-memory (all usage).
   */
  writeStudyRows(name: string, rows: StudyRows, separation: Separation | null): Promise<number>;
  /** Closes the database after the operations that were called before. Later operations throw storage.closed. */
  close(): Promise<void>;
}
