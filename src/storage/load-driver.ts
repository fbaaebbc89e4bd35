import { HpoError, usageError } from '../core/errors.js';
import { loadBetterSqlite3 } from './better-sqlite3.js';
import type { Connect, DriverName } from './driver.js';
import { loadNodeSqlite } from './node-sqlite.js';

/** In the order of preference. */
const LOADERS: readonly (readonly [DriverName, () => Promise<Connect>])[] = [
  ['better-sqlite3', loadBetterSqlite3],
  ['node-sqlite', loadNodeSqlite],
];

/**
 * The first driver that loads here, or exactly the one that is asked for.
 * @throws HpoError storage.no-driver when none loads, storage.unknown-driver (usage) when there is none of that name.
 */
export async function loadDriver(wanted: string | undefined): Promise<Connect> {
  const candidates = !wanted ? LOADERS : LOADERS.filter(([name]) => name === wanted);
  if (candidates.length === 0) {
    const known = LOADERS.map(([name]) => name).join(' or ');
    throw usageError('storage.unknown-driver', `expected ${known} in HPO_SQLITE_DRIVER, got ${wanted}`, {
      fix: 'unset HPO_SQLITE_DRIVER to let hpo choose',
    });
  }
  const causes: Error[] = [];
  for (const [name, load] of candidates) {
    try {
      return await load();
    } catch (error) {
      const reason =
        error instanceof Error
          ? (error.message.split('\n')[0] ?? '').replace(/\. Tried:$/, '')
          : String(error);
      causes.push(new Error(`${name}: ${reason}`, { cause: error }));
    }
  }
  const said = causes.map((cause) => cause.message).join('; ');
  throw new HpoError('storage.no-driver', `no SQLite driver loads on this machine (${said})`, {
    fix: 'run `npm rebuild better-sqlite3` (after `npm install-scripts approve better-sqlite3` where npm asks), or use Node 22.13 or later',
    cause: new AggregateError(causes),
  });
}
