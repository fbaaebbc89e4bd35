import type { OwnedLiveness } from '../../liveness/liveness.js';
import { postgres } from '../dialects/postgres.js';
import { bindOperations } from '../operations/bind.js';
import { allOwners } from '../operations/reading.js';
import type { Mode } from '../runner.js';
import { type Operation, type Row, sql } from '../statement.js';
import type { Storage } from '../storage.js';
import { isClosed } from '../validation.js';
import { changedTrialsInPostgres, stampsBeforeInPostgres } from './changed-trials.js';
import { PATIENCE, type Runner, runInPostgres } from './runner.js';
import type { Sessions } from './sessions.js';

type Opened = {
  /** Without a password. */
  readonly url: string;
  /** Of the database, whatever URL leads to it. */
  readonly name: string;
  /** Its schema is up to date. One session is for operations, in the order in which they are called, the other for polls. */
  readonly sessions: Sessions;
  readonly liveness: OwnedLiveness;
};

/** How long closing waits for the server. */
const CLOSING_MS = 5000;

/** The storage over a database of a PostgreSQL server. */
export function postgresStorage({ url, name, sessions, liveness }: Opened): Storage {
  let last: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | null = null;
  const ending = new AbortController();
  const runner: Runner = {
    session: () => sessions.take('work'),
    url,
    patience: PATIENCE,
    signal: ending.signal,
  };
  const poller: Runner = { ...runner, session: () => sessions.take('poll') };

  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  const run = <T>(mode: Mode, start: () => Operation<T>): Promise<T> => {
    if (closing) return Promise.reject(isClosed(url));
    return queue(() => runInPostgres(runner, mode, start));
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
      return runInPostgres(poller, 'none', changeSequence);
    },
    fileState: async () => 'in-place',
    rescue: async () => null,
    close: () => {
      closing ??= queue(async () => {
        const patience = { conflictsMs: 0, lostMs: 0 };
        const owners = liveness.isHeld
          ? await within(runInPostgres({ ...runner, patience }, 'read', allOwners))
          : null;
        ending.abort();
        await within(sessions.close());
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

/** Null when it fails or takes too long: a server that is gone keeps nobody from ending. */
async function within<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, CLOSING_MS, null);
  });
  try {
    return await Promise.race([work.catch(() => null), limit]);
  } finally {
    clearTimeout(timer);
  }
}
