import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Driver } from './drivers/driver.js';
import { loadDriver } from './drivers/load-driver.js';

const TRIES = 20;
const PAUSE_MS = 50;

/**
 * Whether the database at `path` holds a study of this uid. It changes nothing there. Null where nobody can tell: the
 * file may not be read, or is locked or damaged.
 */
export async function holdsStudy(path: string, uid: string): Promise<boolean | null> {
  // The name of a database of a server, which says not where the server is.
  if (!isAbsolute(path)) return null;
  const connect = await loadDriver(process.env.HPO_SQLITE_DRIVER);
  for (let tries = 1; existsSync(path); tries++) {
    let driver: Driver;
    try {
      driver = connect(path);
    } catch {
      return null;
    }
    try {
      return holds(driver, uid);
    } catch (error) {
      const failure = driver.failure(error);
      // Another kind of file, or one of a version that knew no uids.
      if (failure === 'not-a-database' || failure === 'other') return false;
      if (failure !== 'busy' || tries === TRIES) return null;
    } finally {
      driver.close();
    }
    await delay(PAUSE_MS);
  }
  return false;
}

function holds(driver: Driver, uid: string): boolean {
  driver.all('PRAGMA query_only = ON', []);
  const found = driver.all('SELECT 1 AS found FROM hpo_studies WHERE study_uid = ?', [uid]);
  return found.length > 0;
}
