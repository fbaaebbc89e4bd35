import type { Leases } from '../contracts/worker-records.js';
import type { Row, SqlValue } from '../statement.js';
import { ConnectionLost, failureOf, postgresError, Unreachable } from './failures.js';
import type { Session } from './session.js';
import { beginArgs, LEASE_SQL, leaseIdOf } from './workers.js';

type Opened = {
  /** Without a password. */
  readonly url: string;
  readonly open: (limitMs: number) => Promise<Session>;
  /** Called when the first lease begins: from now on only its owner may write about its attempts. */
  readonly begun: (owner: string) => void;
};

export type ClosableLeases = Leases & { close(): void };

/** Returns the leases of a server, over a connection that nothing else uses. A call that fails closes the connection. */
export function postgresLeases({ url, open, begun }: Opened): ClosableLeases {
  let session: Session | null = null;

  async function run(sql: string, args: readonly SqlValue[], limitMs: number): Promise<readonly Row[]> {
    const endMs = performance.now() + limitMs;
    if (session === null || !session.isOpen) session = await within(open(limitMs), limitMs);
    return session.all(sql, args, Math.max(1, endMs - performance.now()));
  }
  async function call(sql: string, args: readonly SqlValue[], limitMs: number): Promise<readonly Row[]> {
    try {
      return await run(sql, args, limitMs);
    } catch (error) {
      session?.destroy();
      session = null;
      const failure = failureOf(error);
      if (failure === null) throw error;
      if (failure !== 'lost' && failure !== 'conflict') throw postgresError(failure, error, url);
      throw new Unreachable(url, error, () => call(sql, args, limitMs));
    }
  }

  return {
    begin: async (worker, limitMs, earlier) => {
      begun(worker.owner);
      await call(LEASE_SQL.prune, [worker.studyId], limitMs);
      if (earlier !== null) await call(LEASE_SQL.replace, [earlier], limitMs);
      const lease = leaseIdOf(await call(LEASE_SQL.begin, beginArgs(worker), limitMs));
      if (lease === null) throw new Error('the database gave no lease');
      return lease;
    },
    renew: async (lease, limitMs) => leaseIdOf(await call(LEASE_SQL.renew, [lease], limitMs)) !== null,
    end: async (lease, limitMs) => {
      await call(LEASE_SQL.end, [lease], limitMs);
    },
    close: () => {
      session?.destroy();
      session = null;
    },
  };
}

/** Connecting takes several exchanges, each with a limit of its own; together they have this one. */
function within(opening: Promise<Session>, limitMs: number): Promise<Session> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new ConnectionLost(`no connection within ${limitMs / 1000} s`));
    }, limitMs);
    opening.then(
      (session) => {
        clearTimeout(timer);
        if (isLate) session.destroy();
        else resolve(session);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
