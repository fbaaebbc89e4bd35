import { HpoError, messageOf, usageError } from '../../core/errors.js';
import { isModuleMissing } from '../../core/missing-module.js';
import { isNotCompiled, loadBetterSqlite3 } from './better-sqlite3.js';
import type { Connect, DriverName } from './driver.js';
import { loadNodeSqlite } from './node-sqlite.js';

/** In the order of preference. */
const LOADERS: readonly (readonly [DriverName, () => Promise<Connect>])[] = [
  ['better-sqlite3', loadBetterSqlite3],
  ['node-sqlite', loadNodeSqlite],
];

/** The last major version of better-sqlite3 that runs on Node 20. */
const ADDON = 'better-sqlite3@12';

/**
 * Returns the first driver that loads here, or the one that is asked for.
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
  const failures: Failed[] = [];
  for (const [name, load] of candidates) {
    try {
      return await load();
    } catch (error) {
      failures.push({ name, error });
    }
  }
  throw noDriver(failures);
}

type Failed = { readonly name: DriverName; readonly error: unknown };

/** Returns the error for a machine on which no driver loads. It has a `cause` only where an installed driver is broken. */
function noDriver(failures: readonly Failed[]): HpoError {
  const texts = failures.map(describe);
  const broken = failures.find((failed) => describe(failed).isBroken);
  return new HpoError(
    'storage.no-driver',
    `expected ${texts.map((text) => text.expected).join(' or ')}; ${texts.map((text) => text.got).join(', and ')}`,
    { fix: texts.map((text) => text.fix).join(', or '), ...(broken && { cause: broken.error }) },
  );
}

type Description = {
  readonly expected: string;
  readonly got: string;
  readonly fix: string;
  readonly isBroken?: true;
};

function describe({ name, error }: Failed): Description {
  if (name === 'node-sqlite') {
    const [expected, fix] = ['Node 22.13 or later', 'use Node 22.13 or later'];
    return { expected, got: `Node ${process.version} has no SQLite of its own`, fix };
  }
  const expected = 'the package better-sqlite3';
  if (isModuleMissing(error))
    return { expected, got: 'better-sqlite3 is not installed', fix: `npm install ${ADDON}` };
  const fix =
    'npm rebuild better-sqlite3 (where npm asks, first: npm install-scripts approve better-sqlite3)';
  if (isNotCompiled(error)) return { expected, got: 'better-sqlite3 is not compiled', fix };
  const [reason = ''] = messageOf(error).split('\n');
  return { expected, got: `better-sqlite3 does not load (${reason})`, fix, isBroken: true };
}
