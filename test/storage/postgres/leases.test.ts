import { expect, onTestFinished, test } from 'vitest';
import { ownIdentity } from '../../../src/liveness/identity.js';
import { openStorage } from '../../../src/storage/open.js';
import { openSession } from '../../../src/storage/postgres/session.js';
import { parseTarget } from '../../../src/storage/postgres/target.js';
import type { NewWorker, Storage } from '../../../src/storage/storage.js';
import { inPostgres, newPrepared } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { attemptOf, ending, filled, newAttempt, newStudy, newTrial, opened } from '../support.js';

const ALPHA = 'alpha:11111111-1111-1111-1111-111111111111:4026531836:0:7:100';
const BETA = 'beta:22222222-2222-2222-2222-222222222222:4026531836:0:7:100';
const LIMIT_MS = 10_000;
const ENDED = { exitCode: null, reason: 'lost', cause: 'lost', finishedAtMs: 0 } as const;

function worker(studyId: number, owner: string, leaseMs = 60_000): NewWorker {
  return { studyId, owner, place: { slots: 2, devices: 'cpu', executor: 'local' }, leaseMs };
}

/** A study in a database that the machines alpha and beta have opened. */
async function twoMachines() {
  const url = await newPrepared(async (empty) => (await openStorage(empty)).close());
  const [alpha, beta] = [await opened(url), await opened(url)];
  const study = await newStudy(alpha);
  const expire = () => inPostgres('UPDATE hpo_workers SET renewed_at_ms = renewed_at_ms - lease_ms', url);
  return { url, alpha, beta, id: study.id, expire };
}

/** A trial that runs under an owner's name. */
async function running(storage: Storage, studyId: number, owner: string) {
  const { reservation } = await storage.reserveIndex(studyId, owner);
  const trial = { ...newTrial(), attempt: newAttempt(owner) };
  const asked = await storage.commitConfiguration({ reservation }, filled({ lr: Math.random() }), trial);
  return { trialId: asked?.trial.id ?? -1, attemptId: attemptOf(asked) };
}

function begin(storage: Storage, studyId: number, owner: string, leaseMs?: number): Promise<number> {
  return (
    storage.leases?.begin(worker(studyId, owner, leaseMs), LIMIT_MS, null) ??
    Promise.reject(new Error('none'))
  );
}

async function judge(storage: Storage, studyId: number, owner: string) {
  await storage.owners(studyId);
  return storage.liveness.judge(owner);
}

describeWithReal('postgres', 'leases of workers', () => {
  test('are read at an ask of the owners that it found alone, and what is known of others stays', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    const another = ALPHA.replace('alpha', 'gamma');
    await begin(alpha, id, ALPHA);
    await begin(alpha, id, another);
    await alpha.reserveIndex(id, ALPHA);
    const judged = () => [ALPHA, another].map((owner) => beta.liveness.judge(owner));
    await beta.owners(id);
    expect(judged()).toEqual(['alive', 'alive']);
    await expire();
    await beta.pending(id);
    expect(judged()).toEqual(['ended', 'alive']);
    await beta.owners(id);
    expect(judged()).toEqual(['ended', 'ended']);
  });

  test('say whether a process of another machine lives, and nothing of one that has had none', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    expect(await judge(beta, id, ALPHA)).toBe('unknown');
    const lease = await begin(alpha, id, ALPHA);
    expect(await judge(beta, id, ALPHA)).toBe('alive');
    expect(await alpha.leases?.renew(lease, LIMIT_MS)).toBe(true);
    await expire();
    expect(await judge(beta, id, ALPHA)).toBe('ended');
    // A program that has ended its lease in good order may ask for trials without one.
    const again = await begin(alpha, id, ALPHA);
    expect(await judge(beta, id, ALPHA)).toBe('alive');
    await alpha.leases?.end(again, LIMIT_MS);
    expect(await judge(beta, id, ALPHA)).toBe('unknown');
  });

  test('that are over are never renewed: the worker asks for another one', async () => {
    const { alpha, id, expire } = await twoMachines();
    const lease = await begin(alpha, id, ALPHA);
    await expire();
    expect(await alpha.leases?.renew(lease, LIMIT_MS)).toBe(false);
    const next = await begin(alpha, id, ALPHA);
    expect(await alpha.leases?.renew(next, LIMIT_MS)).toBe(true);
    expect(await alpha.leases?.renew(lease, LIMIT_MS)).toBe(false);
  });

  test('of two calls of one program do not end each other, and it has died only when both are silent', async () => {
    const { url, alpha, beta, id, expire } = await twoMachines();
    const [first, second] = [await begin(alpha, id, ALPHA), await begin(alpha, id, ALPHA)];
    expect(await alpha.leases?.renew(first, LIMIT_MS)).toBe(true);
    expect(await alpha.leases?.renew(second, LIMIT_MS)).toBe(true);
    await inPostgres(`UPDATE hpo_workers SET renewed_at_ms = 0 WHERE worker_id = ${second}`, url);
    expect(await judge(beta, id, ALPHA)).toBe('alive');
    expect(await alpha.workers(id)).toMatchObject([{ owner: ALPHA, state: 'alive' }]);
    await alpha.leases?.end(second, LIMIT_MS);
    await expire();
    await inPostgres(
      `UPDATE hpo_workers SET ended_at_ms = ended_at_ms - 1000000 WHERE worker_id = ${second}`,
      url,
    );
    expect(await judge(beta, id, ALPHA)).toBe('ended');
    const third = await alpha.leases?.begin(worker(id, ALPHA), LIMIT_MS, first);
    expect(await alpha.leases?.renew(third ?? 0, LIMIT_MS)).toBe(true);
    expect(await inPostgres('SELECT how FROM hpo_workers ORDER BY worker_id', url)).toEqual([
      { how: 'replaced' },
      { how: 'ended' },
      { how: null },
    ]);
  });

  test('that others found expired end in good order when their program turns out to live', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    const lease = await begin(alpha, id, ALPHA);
    const { attemptId } = await running(alpha, id, ALPHA);
    await expire();
    expect(await beta.takeOverAttempt(attemptId, ALPHA, BETA)).toBe(true);
    expect(await judge(beta, id, ALPHA)).toBe('ended');
    await alpha.leases?.end(lease, LIMIT_MS);
    expect(await judge(beta, id, ALPHA)).toBe('unknown');
  });

  test('keep trials from others while they last, and then let one of them have each', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    const lease = await begin(alpha, id, ALPHA);
    const { attemptId } = await running(alpha, id, ALPHA);
    expect(await beta.takeOverAttempt(attemptId, ALPHA, BETA)).toBe(false);
    await expire();
    const [first, second] = await Promise.all([
      beta.takeOverAttempt(attemptId, ALPHA, BETA),
      alpha.takeOverAttempt(attemptId, ALPHA, 'gamma'),
    ]);
    expect([first, second].filter(Boolean)).toHaveLength(1);
    expect(await alpha.leases?.renew(lease, LIMIT_MS)).toBe(false);
  });

  test('refuse what a worker writes of trials that another one runs now', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    await begin(alpha, id, ALPHA);
    await begin(beta, id, BETA);
    const own = await running(alpha, id, ALPHA);
    const { trialId, attemptId } = await running(alpha, id, ALPHA);
    await expire();
    await begin(alpha, id, ALPHA);
    await expire();
    expect(await beta.takeOverAttempt(attemptId, ALPHA, BETA)).toBe(true);
    const points = [{ name: 'loss', step: 1, value: 1, objective: true }];
    expect(await alpha.report(trialId, attemptId, points)).toBe(false);
    expect(await alpha.finish(trialId, attemptId, ending())).toBe(false);
    expect(await alpha.requeue(attemptId, ENDED)).toBe(false);
    const sample = { atMs: 0, utilization: 1, memoryMiB: 1 };
    expect(await alpha.recordGpuUsage(trialId, attemptId, sample as never)).toBe(false);
    expect((await alpha.rows(id, 0, 9)).map(({ state }) => state)).toEqual(['running', 'running']);
    // What nobody took is still its own, and the new owner writes as any does.
    expect(await alpha.report(own.trialId, own.attemptId, points)).toBe(true);
    expect(await beta.report(trialId, attemptId, points)).toBe(true);
    expect(await beta.finish(trialId, attemptId, ending())).toBe(true);
  });

  test('pass a reserved index on, which its former owner can no longer use', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    await begin(alpha, id, ALPHA);
    await begin(beta, id, BETA);
    const { reservation, index } = await alpha.reserveIndex(id, ALPHA);
    await expire();
    expect(await judge(beta, id, ALPHA)).toBe('ended');
    await beta.releaseIndices(id, { owners: [ALPHA] });
    expect(await beta.reserveIndex(id, BETA)).toEqual({ reservation, index });
    await expect(
      alpha.commitConfiguration({ reservation }, filled({ lr: 0.5 }), newTrial()),
    ).rejects.toMatchObject({ code: 'storage.index-lost' });
    const member = { reservation, filled: filled({ lr: 0.5 }), trial: newTrial() };
    await expect(alpha.commitBatch([member])).rejects.toMatchObject({ code: 'storage.index-lost' });
    await alpha.releaseIndices(id, { reservation });
    expect(await alpha.reserveIndex(id, ALPHA)).toMatchObject({ index: index + 1 });
    expect(await beta.commitBatch([member])).toHaveLength(1);
    const own = await beta.reserveIndex(id, BETA);
    expect(await beta.commitConfiguration(own, filled({ lr: 0.25 }), newTrial())).not.toBeNull();
    const left = await beta.reserveIndex(id, BETA);
    await beta.releaseIndices(id, { reservation: left.reservation });
    expect(await alpha.reserveIndex(id, ALPHA)).toEqual(left);
  });

  test('are renewed while a transaction holds the locks of the study and of its trials', async () => {
    const { url, alpha, id } = await twoMachines();
    const lease = await begin(alpha, id, ALPHA);
    await running(alpha, id, ALPHA);
    const session = await openSession(parseTarget(url));
    onTestFinished(() => session.close());
    await session.exec('BEGIN; SELECT * FROM studies FOR NO KEY UPDATE; SELECT * FROM trials FOR UPDATE');
    expect(await alpha.leases?.renew(lease, LIMIT_MS)).toBe(true);
    expect(await begin(alpha, id, ALPHA)).toBeGreaterThan(lease);
    await session.exec('ROLLBACK');
  });

  test('list each worker once, with what it runs trials with, the oldest first', async () => {
    const { alpha, beta, id, expire } = await twoMachines();
    await begin(alpha, id, ALPHA);
    await expire();
    await begin(beta, id, BETA, 5000);
    const states = async () => (await alpha.workers(id)).map(({ owner, state }) => [owner, state]);
    expect(await states()).toEqual([
      [ALPHA, 'expired'],
      [BETA, 'alive'],
    ]);
    const last = await begin(alpha, id, ALPHA);
    expect(await states()).toEqual([
      [ALPHA, 'alive'],
      [BETA, 'alive'],
    ]);
    await alpha.leases?.end(last, LIMIT_MS);
    expect(await alpha.workers(id)).toMatchObject([
      {
        owner: ALPHA,
        state: 'ended',
        leaseMs: 60_000,
        place: { slots: 2, devices: 'cpu', executor: 'local' },
      },
      { owner: BETA, state: 'alive', leaseMs: 5000 },
    ]);
  });

  test('are kept for a week after their end, and longer where an unfinished trial names their worker', async () => {
    const { url, alpha, beta, id, expire } = await twoMachines();
    const gone = ALPHA.replace('alpha', 'gamma');
    for (const owner of [gone, ALPHA]) {
      const lease = await begin(alpha, id, owner);
      if (owner === ALPHA) await running(alpha, id, ALPHA);
      await alpha.leases?.end(lease, LIMIT_MS);
    }
    const owners = async () => {
      await begin(beta, id, BETA);
      await expire();
      return (await beta.workers(id)).map(({ owner }) => owner).sort();
    };
    expect(await owners()).toEqual([ALPHA, BETA, gone]);
    await inPostgres('UPDATE hpo_workers SET ended_at_ms = ended_at_ms - 8 * 86400000', url);
    expect(await owners()).toEqual([ALPHA, BETA]);
  });

  test('leave a process of this machine to its lock: one that has ended loses its trials at once', async () => {
    const { alpha, id } = await twoMachines();
    const dead = ownIdentity().replace(/:\d+:\d+$/, ':1:99');
    await begin(alpha, id, dead);
    expect(await judge(alpha, id, dead)).toBe('ended');
    const { attemptId } = await running(alpha, id, dead);
    expect(await alpha.takeOverAttempt(attemptId, dead, ALPHA)).toBe(true);
  });

  test.each([
    [null, '10s', '20s'],
    [60_000, '10s', '20s'],
    [2000, '500ms', '667ms'],
  ])('of %j ms are longer than any wait of its sessions', async (leaseMs, lock, idle) => {
    const { url } = await twoMachines();
    const session = await openSession(parseTarget(url), { leaseMs });
    onTestFinished(() => session.close());
    expect(await session.exec('SHOW lock_timeout')).toEqual([{ lock_timeout: lock }]);
    expect(await session.exec('SHOW idle_in_transaction_session_timeout')).toEqual([
      { idle_in_transaction_session_timeout: idle },
    ]);
  });
});
