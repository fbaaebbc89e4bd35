import { CALLS_ATTRIBUTE, parseCalls } from '../../core/study-calls.js';
import { hostOf, parseIdentity } from '../../liveness/identity.js';
import type { AttemptRecord, Storage } from '../../storage/storage.js';

/** A running `hpo optimize`, or program that calls optimize, as people see it. Null where its database does not say. */
export type ShownWorker = {
  readonly host: string | null;
  readonly pid: number | null;
  /**
   * `expired`: it has not renewed its lease, and others run its trials. `ended`: also one that was killed on this machine.
   * `unknown`: an hpo on another machine that has no lease.
   */
  readonly state: 'alive' | 'expired' | 'ended' | 'unknown';
  readonly sinceMs: number | null;
  /** How long ago it renewed its lease. */
  readonly renewedMsAgo: number | null;
  readonly leaseMs: number | null;
  readonly slots: number | null;
  readonly devices: string | null;
  readonly executor: string | null;
  /** The numbers of the trials that it runs. */
  readonly trials: readonly number[];
};

type Known = Omit<ShownWorker, 'host' | 'pid' | 'trials'>;

const WITHOUT_LEASE: Known = {
  state: 'unknown',
  sinceMs: null,
  renewedMsAgo: null,
  leaseMs: null,
  slots: null,
  devices: null,
  executor: null,
};

/** Returns the workers of a study, the oldest first: those with a lease, and other processes that run its trials. */
export async function readWorkers(storage: Storage, studyId: number): Promise<readonly ShownWorker[]> {
  const known = new Map<string, Known>();
  for (const { owner, place, state, startedAtMs, silentMs, leaseMs } of await storage.workers(studyId)) {
    // Its lease lasts, but its lock is free: it was killed on this machine.
    const isDead = state === 'alive' && storage.liveness.judge(owner) === 'ended';
    known.set(owner, {
      state: isDead ? 'ended' : state,
      sinceMs: startedAtMs,
      renewedMsAgo: silentMs,
      leaseMs,
      ...place,
    });
  }
  const running = runningBy(
    (await storage.unfinished(studyId, 'running')).flatMap(({ trial, attempt }) =>
      attempt !== null && attempt.finishedAtMs === null ? [{ trial: trial.number, attempt }] : [],
    ),
  );
  const calls = parseCalls((await storage.readAttributes(studyId))[CALLS_ATTRIBUTE]);
  const unended = calls.filter(({ endedAtMs }) => endedAtMs === null);
  for (const owner of new Set([...running.keys(), ...unended.map((call) => call.owner)])) {
    if (known.has(owner)) continue;
    const attempts = running.get(owner) ?? [];
    const state = storage.liveness.judge(owner);
    // A call that was killed and has nothing left is no worker any more.
    if (attempts.length === 0 && state !== 'alive') continue;
    const devices = [...new Set(attempts.map(({ attempt }) => attempt.device))].sort().join(' ');
    known.set(owner, {
      ...WITHOUT_LEASE,
      state,
      sinceMs: unended.findLast((call) => call.owner === owner)?.startedAtMs ?? null,
      devices: devices === '' ? null : devices,
    });
  }
  return [...known].map(([owner, worker]) => ({
    host: hostOf(owner),
    pid: parseIdentity(owner)?.pid ?? null,
    ...worker,
    trials: (running.get(owner) ?? []).map(({ trial }) => trial),
  }));
}

type Running = { readonly trial: number; readonly attempt: AttemptRecord };

function runningBy(all: readonly Running[]): ReadonlyMap<string, readonly Running[]> {
  const byOwner = new Map<string, Running[]>();
  for (const each of all) byOwner.set(each.attempt.owner, [...(byOwner.get(each.attempt.owner) ?? []), each]);
  return byOwner;
}
