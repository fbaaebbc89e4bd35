import type { OwnedLiveness } from '../liveness/liveness.js';
import { sqlite } from './dialects/sqlite.js';
import type { Driver } from './drivers/driver.js';
import { bindOperations } from './operations/bind.js';
import { allOwners } from './operations/reading.js';
import { openedFiles, stateOf, writeRescue } from './rescue.js';
import { type Mode, runOperation } from './runner.js';
import type { Operation } from './statement.js';
import type { Storage } from './storage.js';
import { isClosed } from './validation.js';

type Opened = {
  readonly url: string;
  /** The path of the file. Its schema is up to date. */
  readonly path: string;
  readonly driver: Driver;
  /** Whether hpo may turn the file into a plain one when it closes it. */
  readonly tidy: boolean;
  readonly liveness: OwnedLiveness;
};

/** The storage over one open connection to a file. Operations run in the order they are called. */
export function sqliteStorage({ url, path, driver, tidy, liveness }: Opened): Storage {
  const files = openedFiles(path);
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | null = null;
  let writes = 0;

  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  const run = <T>(mode: Mode, start: () => Operation<T>): Promise<T> => {
    if (closing) return Promise.reject(isClosed(url));
    return queue(() => runOperation(driver, mode, start, url));
  };
  const write = async <T>(start: () => Operation<T>): Promise<T> => {
    try {
      return await run('write', start);
    } finally {
      writes += 1;
    }
  };

  return {
    ...bindOperations((start) => run('read', start), write),
    url,
    place: { kind: 'file', path },
    liveness,
    leases: null,
    workers: async () => [],
    // Nobody tells: who follows a file polls it.
    onChange: () => () => {},
    changeToken: async () => {
      const sequence = changeSequence(driver);
      // Nobody knows while it is locked: a token of its own makes the caller read.
      if (sequence === null) writes += 1;
      return `${sequence ?? 'locked'}.${writes}`;
    },
    fileState: async () => stateOf(files),
    rescue: () => queue(() => writeRescue(driver, files, url)),
    close: () => {
      // When another file lies at the path, the files beside it belong to that one.
      const isInPlace = () => stateOf(files) === 'in-place';
      closing ??= queue(async () => {
        const owners = liveness.isHeld ? await ownersIn(driver, url) : null;
        try {
          if (tidy && isInPlace()) closeAsPlainFile(driver);
          else driver.close();
        } finally {
          liveness.close((owner) => owners?.has(owner) ?? true);
        }
      });
      return closing;
    },
  };
}

/** Differs when another connection has committed, but not after commits of this one. Null while another one holds the lock. */
function changeSequence(driver: Driver): string | null {
  try {
    const [row] = driver.all(sqlite.changeSequence, []);
    return String(Object.values(row ?? {})[0]);
  } catch (error) {
    if (driver.failure(error) === 'busy') return null;
    throw error;
  }
}

/** Owners that anything in the database refers to; null when it cannot be read. */
async function ownersIn(driver: Driver, url: string): Promise<ReadonlySet<string> | null> {
  try {
    return new Set(await runOperation(driver, 'read', allOwners, url, 0));
  } catch {
    return null;
  }
}

/** Leaves a plain file, which programs without shared memory can read too (dashboards in a browser). */
function closeAsPlainFile(driver: Driver): void {
  try {
    driver.all('PRAGMA wal_checkpoint(TRUNCATE)', []);
    driver.all('PRAGMA journal_mode = DELETE', []);
  } catch (error) {
    // Others have the file open (the last of them tidies it), or the disk is full. The file is whole all the same, and an
    // earlier error matters more.
    if (driver.failure(error) === null) throw error;
  } finally {
    driver.close();
  }
}
