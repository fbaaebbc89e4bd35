import type { Liveness } from '../../liveness/liveness.js';
import type { DatabasePlace } from '../place.js';
import type { FileState } from './study-records.js';

/** The database itself, whatever is in it. */
export interface DatabaseFile {
  /** The URL it was opened with, for messages. It has no password, and opens the same database in this process. */
  readonly url: string;
  readonly place: DatabasePlace;
  /** Who owns attempts and indices here, and whether these processes still live. */
  readonly liveness: Liveness;
  /** Whether the file that was opened is still the one at its path. A database without a file is always in place. */
  fileState(): Promise<FileState>;
  /**
   * Writes everything that is stored to a new file beside the database, or to another folder where that fails, and
   * returns its path. Returns null for a database without a file.
   */
  rescue(): Promise<string | null>;
  /** Closes the database after the operations that were called before. Later operations throw storage.closed. */
  close(): Promise<void>;
}
