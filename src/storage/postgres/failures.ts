import { HpoError, messageOf, ResumableError, usageError } from '../../core/errors.js';
import { codeOf } from '../../core/system-error.js';

/** What an error of PostgreSQL means for a transaction. */
export type PostgresFailure =
  /** Another transaction was first: start again. */
  | 'conflict'
  /** A row that was expected to be new or to be there is not: start again a few times. */
  | 'integrity'
  /** The connection is gone, or the server cannot be reached now. */
  | 'lost'
  | 'full'
  | 'not-allowed'
  | 'read-only'
  | 'login'
  /** The server has no TLS, or a certificate that is not trusted. */
  | 'tls'
  | 'no-database'
  /** A number does not fit its column. Of what hpo writes, only a step can be too large: Optuna's column ends at 2^31 - 1. */
  | 'too-large'
  | 'other';

const BY_STATE: Readonly<Record<string, PostgresFailure>> = {
  '40001': 'conflict',
  '40P01': 'conflict',
  '55P03': 'conflict',
  '23503': 'integrity',
  '23505': 'integrity',
  // Another process has just created the same table or type.
  '42P07': 'integrity',
  '42710': 'integrity',
  '22003': 'too-large',
  '25P03': 'lost',
  // A statement that was prepared behind one that failed.
  '26000': 'lost',
  '53300': 'lost',
  '57P01': 'lost',
  '57P02': 'lost',
  '57P03': 'lost',
  '57P05': 'lost',
  '53100': 'full',
  '42501': 'not-allowed',
  '25006': 'read-only',
  '28000': 'login',
  '28P01': 'login',
  '3D000': 'no-database',
};

/** The connection ended without an answer: marked by the client, which knows that it was PostgreSQL's. */
export class ConnectionLost extends Error {}

/** What pg says without a code. */
const NO_TLS = /SSL connection/;

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
]);

/** Returns the kind of failure of an error; null when it does not come from the database. */
export function failureOf(error: unknown): PostgresFailure | null {
  if (error instanceof ConnectionLost) return 'lost';
  const code = codeOf(error);
  if (code === undefined) return NO_TLS.test(messageOf(error)) ? 'tls' : null;
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) return 'tls';
  if (NETWORK.has(code)) return 'lost';
  if (!/^[0-9A-Z]{5}$/.test(code)) return null;
  return BY_STATE[code] ?? (code.startsWith('08') ? 'lost' : 'other');
}

/** Returns the error of a failure that is not worth another try. `url` has no password. */
export function postgresError(failure: PostgresFailure, cause: unknown, url: string): HpoError {
  const said = messageOf(cause);
  switch (failure) {
    case 'full':
      return new HpoError('storage.full', `no space is left for the database ${url}`, {
        fix: 'free some space on the server and run the same command again: earlier results are kept',
        cause,
      });
    case 'not-allowed':
      return usageError('storage.not-allowed', `expected a role that may do this in ${url}: ${said}`, {
        fix: 'use the role that created the tables, or grant it the rights (docs/clusters.md); a role that may only read can list, show and export',
        cause,
      });
    case 'read-only':
      return usageError('storage.read-only', `expected a server that accepts writes at ${url}: ${said}`, {
        fix: 'name the primary server, or several hosts with target_session_attrs=read-write',
        cause,
      });
    case 'login':
      return usageError('storage.login', `expected a user and a password that ${url} accepts: ${said}`, {
        fix: 'put the password in ~/.pgpass (mode 600) or PGPASSWORD, and check the user',
        cause,
      });
    case 'lost':
      return new HpoError('storage.unreachable', unreachable(url, cause), { fix: REACH, cause });
    case 'tls':
      return usageError('storage.tls', `expected TLS as sslmode asks for at ${url}: ${said}`, {
        fix: 'name the root certificate of the server (sslrootcert or PGSSLROOTCERT), or choose another sslmode: require encrypts without checking the certificate',
        cause,
      });
    case 'no-database':
      return usageError('storage.not-found', `expected a database at ${url}: ${said}`, {
        fix: 'create it with createdb, or name another one',
        cause,
      });
    case 'too-large':
      return new HpoError('storage.bad-step', `expected steps of at most ${2 ** 31 - 1} in ${url}: ${said}`, {
        fix: 'report steps in larger units, such as thousands of tokens: the column of steps in a PostgreSQL database of Optuna holds no more',
        cause,
      });
    default:
      return new HpoError('storage.failed', `the database ${url} failed: ${said}`, { cause });
  }
}

const REACH = 'check that the server runs and that this machine reaches it (psql with the same URL)';

/** Node tells nothing of a host with several addresses, but of each of them. */
function unreachable(url: string, cause: unknown): string {
  const all: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return `the database ${url} cannot be reached: ${all.map(messageOf).join(', ')}`;
}

/** The server could not be reached for a while. `resume` knows whether a commit whose answer was lost has happened. */
export class Unreachable extends ResumableError {
  readonly #url: string;

  constructor(url: string, cause: unknown, resume: () => Promise<unknown>) {
    super('storage.unreachable', unreachable(url, cause), { fix: REACH, cause, resume });
    this.#url = url;
  }

  /** Returns the same error with another way to resume. */
  with(resume: () => Promise<unknown>): Unreachable {
    return new Unreachable(this.#url, this.cause, resume);
  }
}
