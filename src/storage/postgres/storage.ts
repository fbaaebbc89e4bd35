import { postgres } from '../dialects/postgres.js';
import { commitBatch, commitConfiguration, releaseIndices } from '../operations/asking.js';
import { bindOperations } from '../operations/bind.js';
import { writeControl } from '../operations/control.js';
import { recordGpuUsage } from '../operations/gpu-use.js';
import { allOwners, owners, pending } from '../operations/reading.js';
import * as reporting from '../operations/reporting.js';
import { suggest } from '../operations/suggesting.js';
import type { Mode } from '../runner.js';
import { type Operation, type Row, sql } from '../statement.js';
import type { ChangeKind, Storage } from '../storage.js';
import { isClosed } from '../validation.js';
import { changedTrialsInPostgres, stampsBeforeInPostgres } from './changed-trials.js';
import { endAtOnce, isUsualEnd } from './ending.js';
import { Unreachable } from './failures.js';
import type { LeasedLiveness } from './leased-liveness.js';
import { postgresLeases } from './leases.js';
import { NoticeListener, NoticeSender } from './notices.js';
import { isUsual, openAtOnce } from './opening.js';
import { type Patience, type Runner, runInPostgres } from './runner.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';
import {
  fenced,
  fencedIndices,
  type LeaseFacts,
  leaseFacts,
  refuseLost,
  takeOverLeased,
  workers,
} from './workers.js';

type Opened = {
  /** Without a password. */
  readonly url: string;
  /** Of the database, whatever URL leads to it. */
  readonly name: string;
  /** Its schema is up to date. One session is for operations, in the order in which they are called, the other for polls. */
  readonly sessions: Sessions;
  readonly liveness: LeasedLiveness;
  /** What leases say as it is opened. */
  readonly facts: LeaseFacts;
  readonly patience: Patience;
  /** Opens the connection of the leases, and that of notices. */
  readonly openLeases: (limitMs: number) => Promise<Session>;
};

/** How long connecting for notices may take. */
const LISTENING_MS = 10_000;
/** How long closing waits for the server. */
const CLOSING_MS = 5000;

/** The storage over a database of a PostgreSQL server. */
export function postgresStorage({
  url,
  name,
  sessions,
  liveness,
  facts,
  patience,
  openLeases,
}: Opened): Storage {
  liveness.note(facts, null);
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

  const listener = new NoticeListener(() => openLeases(LISTENING_MS));
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
  /** What is judged next is judged by what is read now. */
  const readNoting = async <T>(start: () => Operation<T>): Promise<T> => {
    // One operation, which is resumed as a whole.
    const [result, now] = await read(function* () {
      return [yield* start(), yield* leaseFacts(null)] as const;
    });
    liveness.note(now, null);
    return result;
  };
  /** This process, once it has a lease: then it only writes about attempts that are still its own. */
  let leased: string | null = null;
  const leases = postgresLeases({
    url,
    open: openLeases,
    begun: (owner) => {
      leased = owner;
    },
  });
  // Between two operations: its statements are a transaction of their own.
  const sender = new NoticeSender((statements) =>
    queue(async () => {
      const session = await sessions.take('work');
      session.exec(statements).catch(() => {});
    }),
  );
  const write = async <T>(start: () => Operation<T>, kind: ChangeKind = 'results') => {
    const result = await run('write', start);
    if (!closing) sender.say(kind);
    return result;
  };
  const writeOwn = (attemptId: number | null, start: () => Operation<boolean>) =>
    write(() => fenced(attemptId, leased, start));

  const operations = bindOperations(read, (start) => write(start));
  const own = (reservations: readonly number[]) => ({ reservations, owner: leased });
  const commit: Storage['commitConfiguration'] = (source, filled, trial) => {
    const used = own('reservation' in source ? [source.reservation] : []);
    return write(() => fencedIndices(used, () => commitConfiguration(source, filled, trial), refuseLost));
  };

  return {
    ...operations,
    owners: (studyId) => readNoting(() => owners(studyId)),
    // One statement after the other: what is judged next is not older than the owners.
    pending: async (studyId) => {
      const look = () => run('none', () => pending(studyId));
      return inOrder(look, async (found) => {
        if (found.owners.every((owner) => owner === liveness.self)) return found;
        return inOrder(
          () => run('none', () => leaseFacts(found.owners)),
          async (facts) => {
            liveness.note(facts, found.owners);
            return found;
          },
        );
      });
    },
    commitConfiguration: async (source, filled, trial) => {
      if (!('predicted' in source && isUsual(filled, trial))) return commit(source, filled, trial);
      const atOnce = () => write(() => openAtOnce(source, filled, trial));
      return inOrder(atOnce, async (opened) => opened?.opened ?? commit(source, filled, trial));
    },
    commitAndReserve: async (reservation, filled, trial, asking) => {
      const slowly = () => operations.commitAndReserve(reservation, filled, trial, asking);
      if (!isUsual(filled, trial)) return slowly();
      const atOnce = () => write(() => openAtOnce({ reservation, ...asking }, filled, trial));
      return inOrder(atOnce, async (opened) => opened ?? slowly());
    },
    commitBatch: (batch) => {
      const used = own(batch.map(({ reservation }) => reservation));
      return write(() => fencedIndices(used, () => commitBatch(batch), refuseLost));
    },
    releaseIndices: (studyId, which) => {
      const released = own('reservation' in which ? [which.reservation] : []);
      return write(() =>
        fencedIndices(
          released,
          () => releaseIndices(studyId, which),
          () => {},
        ),
      );
    },
    takeOverAttempt: (attemptId, from, to) =>
      write(() => takeOverLeased(attemptId, { from, to, hasEnded: liveness.hasEndedHere(from) })),
    suggest: (trialId, attemptId, suggested) =>
      writeOwn(attemptId, () => suggest(trialId, attemptId, suggested)),
    report: (trialId, attemptId, points) =>
      writeOwn(attemptId, () => reporting.report(trialId, attemptId, points)),
    recordGpuUsage: (trialId, attemptId, sample) =>
      writeOwn(attemptId, () => recordGpuUsage(trialId, attemptId, sample)),
    finish: async (trialId, attemptId, ending) => {
      const slowly = () => writeOwn(attemptId, () => reporting.finish(trialId, attemptId, ending));
      if (!isUsualEnd(attemptId, ending)) return slowly();
      return inOrder(
        () => write(() => endAtOnce(trialId, ending)),
        async (isDone) => isDone || slowly(),
      );
    },
    requeue: (attemptId, ended) => writeOwn(attemptId, () => reporting.requeue(attemptId, ended)),
    leases,
    workers: (studyId) => readNoting(() => workers(studyId)),
    url,
    place: { kind: 'server', name },
    liveness,
    changedTrials: (studyId, since, limit) => read(() => changedTrialsInPostgres(studyId, since, limit)),
    stampsBefore: (studyId, mark) => read(() => stampsBeforeInPostgres(studyId, mark)),
    writeControl: (studyId, json, ifRevision) =>
      write(() => writeControl(studyId, json, ifRevision), 'commands'),
    requestStop: (attemptId, wanted) => write(() => reporting.requestStop(attemptId, wanted), 'commands'),
    onChange: (noticed) => listener.listen(noticed),
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
      sender.close();
      listener.close();
      // A server that is gone keeps nobody from ending: neither operations before this one, nor this one.
      const timer = setTimeout(() => ending.abort(), CLOSING_MS);
      closing = queue(async () => {
        const referred = liveness.isHeld
          ? await runInPostgres(runner, 'read', allOwners).catch(() => null)
          : null;
        leases.close();
        await sessions.close();
        clearTimeout(timer);
        liveness.close((owner) => referred?.includes(owner) ?? true);
      });
      return closing;
    },
  };
}

/** Runs one operation, then what follows from it; a server that was gone in between is resumed from where it was. */
async function inOrder<A, B>(first: () => Promise<A>, then: (result: A) => Promise<B>): Promise<B> {
  let result: A;
  try {
    result = await first();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    throw error.with(() => inOrder(error.resume as () => Promise<A>, then));
  }
  return then(result);
}

function* changeSequence(): Operation<string> {
  const [row] = yield sql(postgres.changeSequence);
  return String(Object.values(row as Row)[0]);
}
