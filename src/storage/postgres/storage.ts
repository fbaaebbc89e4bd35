import type { OwnedLiveness } from '../../liveness/liveness.js';
import { postgres } from '../dialects/postgres.js';
import { bindOperations } from '../operations/bind.js';
import { allOwners } from '../operations/reading.js';
import type { Mode } from '../runner.js';
import { type Operation, type Row, sql } from '../statement.js';
import type { Storage } from '../storage.js';
import { isClosed } from '../validation.js';
import { changedTrialsInPostgres, stampsBeforeInPostgres } from './changed-trials.js';
import { Unreachable } from './failures.js';
import { type Patience, type Runner, runInPostgres } from './runner.js';
import type { Sessions } from './sessions.js';

type Opened = {
  /** Without a password. */
  readonly url: string;
  /** Of the database, whatever URL leads to it. */
  readonly name: string;
  /** Its schema is up to date. One session is for operations, in the order in which they are called, the other for polls. */
  readonly sessions: Sessions;
  readonly liveness: OwnedLiveness;
  readonly patience: Patience;
};

/** How long closing waits for the server. */
const CLOSING_MS = 5000;

/** The storage over a database of a PostgreSQL server. */
export function postgresStorage({ url, name, sessions, liveness, patience }: Opened): Storage {
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | null = null;
  let unknown = 0;
  const ending = new AbortController();
  ending.signal.addEventListener('abort', () => sessions.destroy());
  const runner: Runner = {
    session: () => sessions.take('work'),
    url,
    patience,
    signal: ending.signal,
  };
  const poller: Runner = {
    ...runner,
    session: () => sessions.take('poll'),
    patience: { conflictsMs: 0, lostMs: 0 },
  };

  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  /** An operation that is resumed waits for its turn again: a session has one transaction at a time. */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await queue(work);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      throw error.with(() => inTurn(error.resume as () => Promise<T>));
    }
  };
  const run = <T>(mode: Mode, start: () => Operation<T>): Promise<T> => {
    if (closing) return Promise.reject(isClosed(url));
    return inTurn(() => runInPostgres(runner, mode, start));
  };
  const read = <T>(start: () => Operation<T>) => run('read', start);

  return {
    ...bindOperations(read, (start) => run('write', start)),
    url,
    place: { kind: 'server', name },
    liveness,
    changedTrials: (studyId, since, limit) => read(() => changedTrialsInPostgres(studyId, since, limit)),
    stampsBefore: (studyId, mark) => read(() => stampsBeforeInPostgres(studyId, mark)),
    changeToken: () => {
      if (closing) return Promise.reject(isClosed(url));
      return runInPostgres(poller, 'none', changeSequence).catch((error: unknown) => {
        if (!(error instanceof Unreachable)) throw error;
        // Nobody knows: a token of its own makes the caller read, which waits for the server.
        unknown += 1;
        return `unreachable.${unknown}`;
      });
    },
    fileState: async () => 'in-place',
    rescue: async () => null,
    close: () => {
      if (closing) return closing;
      // A server that is gone keeps nobody from ending: neither operations before this one, nor this one.
      const timer = setTimeout(() => ending.abort(), CLOSING_MS);
      closing = queue(async () => {
        const owners = liveness.isHeld
          ? await runInPostgres(runner, 'read', allOwners).catch(() => null)
          : null;
        await sessions.close();
        clearTimeout(timer);
        liveness.close((owner) => owners?.includes(owner) ?? true);
      });
      return closing;
    },
  };
}

function* changeSequence(): Operation<string> {
  const [row] = yield sql(postgres.changeSequence);
  return String(Object.values(row as Row)[0]);
}
