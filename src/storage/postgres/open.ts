import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HpoError, usageError } from '../../core/errors.js';
import { hostFolder } from '../../liveness/host-folder.js';
import { livenessBySight, type OwnedLiveness, openLiveness } from '../../liveness/liveness.js';
import { concealPassword } from '../conceal.js';
import { loadDriver } from '../drivers/load-driver.js';
import type { SchemaState } from '../migrations/schema.js';
import type { Mode } from '../runner.js';
import { type Operation, type Row, sql, text } from '../statement.js';
import type { Storage } from '../storage.js';
import { Unreachable } from './failures.js';
import { leasedLiveness } from './leased-liveness.js';
import { type Patience, type Runner, runInPostgres } from './runner.js';
import { inspectPostgres, isCurrentPostgres, preparePostgres, tempTablesInPostgres } from './schema.js';
import { openSession, type Session } from './session.js';
import { Sessions } from './sessions.js';
import { postgresStorage } from './storage.js';
import { parseTarget } from './target.js';
import { leaseFacts } from './workers.js';

/** `lostMs`: for a server that starts or does not answer; `refusedMs`: where nothing listens, or nobody knows the name. */
type Starting = Patience & { readonly refusedMs: number };
const STARTING: Starting = { conflictsMs: 30_000, lostMs: 60_000, refusedMs: 5000 };

/** How long an open storage waits before an error says that it does. */
const RUNNING: Patience = { conflictsMs: 30_000, lostMs: 20_000 };

/**
 * Opens a database of a PostgreSQL server. The storage's URL has no password: `conceal.ts` keeps the one that was given.
 * @throws HpoError, usage: storage.bad-url, storage.no-service, storage.certificate, storage.login, storage.not-found,
 * storage.not-allowed, storage.read-only, storage.old-server, and those of `inspectPostgres`; other: storage.unreachable within 90 s.
 */
export async function openPostgres(
  given: string,
  {
    create = true,
    readOnly = false,
    leaseMs = null,
  }: { readonly create?: boolean; readonly readOnly?: boolean; readonly leaseMs?: number | null },
  {
    starting = STARTING,
    running = RUNNING,
  }: { readonly starting?: Starting; readonly running?: Patience } = {},
): Promise<Storage> {
  const url = concealPassword(given);
  const target = parseTarget(url);
  const beganMs = performance.now();
  const opening = new AbortController();
  let prepareSession = async (_session: Session) => {};
  const sessions = new Sessions(async () => {
    const session = await openSession(target, { leaseMs });
    await prepareSession(session);
    return session;
  });
  const runner: Runner = {
    url,
    patience: starting,
    signal: opening.signal,
    session: async () => {
      try {
        return await sessions.take('work');
      } catch (error) {
        if (isRefused(error) && performance.now() - beganMs > starting.refusedMs) opening.abort();
        throw error;
      }
    },
  };
  const run = <T>(mode: Mode, start: () => Operation<T>) => runInPostgres(runner, mode, start);
  try {
    const state = await run('read', () => inspectPostgres(url));
    if (state.blank && !create) throw noStudies(url);
    if (!isCurrentPostgres(state) && !(await upgrade(runner, state, readOnly))) {
      prepareSession = useTempTables;
      await useTempTables(await runner.session());
    }
    const name = await run('read', identify);
    return postgresStorage({
      url,
      name,
      sessions,
      liveness: leasedLiveness(await livenessOf(name)),
      facts: await run('read', () => leaseFacts(null)),
      patience: running,
      openLeases: (limitMs) => openSession(target, { limitMs, leaseMs }),
    });
  } catch (error) {
    await sessions.close();
    throw error instanceof Unreachable ? new HpoError(error.code, error.message, { ...error }) : error;
  }
}

/** Creates or upgrades the tables. Returns false for tables of Optuna alone that are only read. */
async function upgrade(runner: Runner, state: SchemaState, readOnly: boolean): Promise<boolean> {
  const isForeign = !state.blank && state.version === 0;
  if (isForeign && readOnly) return false;
  try {
    await runInPostgres({ ...runner, isPreparing: true }, 'write', () => preparePostgres(runner.url));
    return true;
  } catch (error) {
    const mayNot =
      error instanceof HpoError && ['storage.not-allowed', 'storage.read-only'].includes(error.code);
    if (isForeign && mayNot) return false;
    throw error;
  }
}

async function useTempTables(session: Session): Promise<void> {
  const statements = tempTablesInPostgres();
  for (let step = statements.next(); !step.done; step = statements.next([]))
    await session.exec(step.value.sql);
}

/** Where nothing listens, or nobody knows the host. */
function isRefused(error: unknown): boolean {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.some((each) =>
    /^(?:ECONNREFUSED|ENOENT|ENOTFOUND)$/.test(String((each as { code?: unknown }).code)),
  );
}

function noStudies(url: string): HpoError {
  return usageError('storage.not-found', `expected studies in ${url}, but there are no tables`, {
    fix: 'check the database and the schema of the URL; `hpo study create` and `hpo optimize` create the tables',
  });
}

function* identify(): Operation<string> {
  const [row] = yield sql(
    "SELECT 'postgresql:' || system_identifier::text || '/' || current_database() || '/' || current_schema() AS name FROM pg_control_system()",
  );
  return text(row as Row, 'name');
}

/** Locks on this host alone: of processes of other hosts only leases tell anything. */
async function livenessOf(database: string): Promise<OwnedLiveness> {
  const folder = hostFolder('owners');
  if (folder === null) return livenessBySight();
  const name = createHash('sha256').update(database).digest('hex').slice(0, 24);
  return openLiveness(join(folder, name), await loadDriver(process.env.HPO_SQLITE_DRIVER));
}
