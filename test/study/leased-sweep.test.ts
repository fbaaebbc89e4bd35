import { expect, onTestFinished, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { openPostgres } from '../../src/storage/postgres/open.js';
import type { SweepEvent } from '../../src/study/events.js';
import { createStudy, openStudy } from '../../src/study/open-study.js';
import { DiskSpaceGuard } from '../../src/study/sweep/disk-space-guard.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { inPostgres, newDatabase, newPostgres, postgresServer, urlOf } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';
import { until } from '../support/until.js';
import {
  makeSpec,
  newAttempt,
  opened,
  results,
  ScriptedExecutor,
  sweep,
  T0,
  tempDir,
  trains,
} from './harness.js';

const DEAD = 'alpha:11111111-1111-1111-1111-111111111111:4026531836:0:7:100';
class FunctionExecutor extends ScriptedExecutor {
  override readonly kind = 'function';

  override allocate(): string {
    return '';
  }
}

const spec = (n: number) => makeSpec([{ name: 'n', distribution: int(1, n) }]);
const place = { slots: 1, devices: 'cpu' };
const lease = (durationMs: number) => ({ durationMs, place, guard: null });

/** A study of which a worker on another machine, with a lease of two seconds, runs one trial. */
async function withOther(n: number) {
  const url = await newPostgres();
  const other = await opened(url);
  const study = await createStudy(other, { name: 'study', spec: spec(n), seed: 7, nowMs: T0 });
  const worker = { studyId: study.id, owner: DEAD, place: { ...place, executor: 'local' }, leaseMs: 2000 };
  await study.ask(newAttempt(DEAD), T0);
  await other.leases?.begin(worker, 10_000, null);
  const record = await other.findStudy('study');
  if (record === null) throw new Error('no study');
  return { url, other, study: await openStudy(await opened(url), record) };
}

/** A study behind a network that can be cut, whose storage waits for the server. */
async function behindProxy(n: number) {
  const server = await postgresServer();
  const proxy = await CuttingProxy.start(server.port);
  onTestFinished(() => proxy.close());
  const tcp = urlOf(server.tcp, await newDatabase());
  const url = `${tcp.replace(`:${server.port}/`, `:${proxy.port}/`)}?sslmode=disable`;
  const storage = await openPostgres(
    url,
    { leaseMs: 2000 },
    { running: { conflictsMs: 30_000, lostMs: 100 } },
  );
  onTestFinished(() => storage.close());
  const folder = tempDir();
  const disk = new DiskSpaceGuard({ folders: [folder], outputs: folder, pauseMs: 20 });
  const study = await createStudy(disk.storage(storage), {
    name: 'study',
    spec: spec(n),
    seed: 7,
    nowMs: T0,
  });
  return { proxy, disk, study };
}

describeWithReal('postgres', 'a sweep beside workers of other machines', () => {
  test('runs the trials of one that dies, while it has others to run', async () => {
    const { study } = await withOther(3);
    const train = trains(() => 1);
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      const isOther = () => executor.resumed.length > 0;
      if (attempt.trial === 2 && attempt.lostWith === null) await until(isOther);
      if (attempt.lostWith !== null)
        return { kind: 'unknown', finishedAtMs: T0, logTail: [], lost: attempt.lostWith };
      return train(attempt, hooks);
    });
    const { end } = await sweep(study, executor, { lease: lease(3000) });
    expect(end).toBe('exhausted');
    expect(executor.resumed.map(({ trial, lostWith }) => [trial, lostWith])).toEqual([
      [0, expect.stringContaining('alpha')],
    ]);
    expect(await results(study)).toEqual(Array(3).fill('complete 1'));
    expect(await study.storage.workers(study.id)).toMatchObject([{ state: 'expired' }, { state: 'ended' }]);
  });

  test('waits at its end for one that may be dead, and not for one that lives', async () => {
    const { study, url } = await withOther(2);
    // It has been silent for a while.
    await inPostgres('UPDATE hpo_workers SET renewed_at_ms = renewed_at_ms - 1000', url);
    const train = trains(() => 1);
    const executor = new ScriptedExecutor((attempt, hooks) =>
      attempt.lostWith === null
        ? train(attempt, hooks)
        : { kind: 'unknown', finishedAtMs: T0, logTail: [], lost: attempt.lostWith },
    );
    expect((await sweep(study, executor, { lease: lease(3000) })).end).toBe('exhausted');
    expect(await results(study)).toEqual(Array(2).fill('complete 1'));
    const living = await withOther(2);
    const again = new ScriptedExecutor(trains(() => 1));
    const renewing = setInterval(
      () => void inPostgres('UPDATE hpo_workers SET renewed_at_ms = renewed_at_ms + 100', living.url),
      100,
    );
    onTestFinished(() => clearInterval(renewing));
    await sweep(living.study, again, { lease: lease(3000) });
    clearInterval(renewing);
    expect(await results(living.study)).toEqual(['running', 'complete 1']);
  });

  test('leaves the trials of one that dies to others, once it stops itself', async () => {
    const { study, url, other } = await withOther(3);
    const stop = new AbortController();
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      stop.abort();
      await inPostgres(`UPDATE hpo_workers SET renewed_at_ms = 0 WHERE owner = '${DEAD}'`, url);
      // Each renewal is followed by a look at others.
      const renewedAt = async () => (await other.workers(study.id)).find(isOwn)?.renewedAtMs ?? 0;
      for (let looks = 0; looks < 3; looks++) {
        const before = await renewedAt();
        await until(async () => (await renewedAt()) > before);
      }
      return trains(() => 1)(attempt, hooks);
    });
    const isOwn = ({ owner }: { readonly owner: string }) => owner === study.owner;
    const { end } = await sweep(study, executor, { lease: lease(2000), drain: stop.signal });
    expect([end, executor.resumed]).toEqual(['interrupted', []]);
    expect(await results(study)).toEqual(['running', 'complete 1']);
  });

  test('follows to its end what it was taking over as it stopped', async () => {
    const { study, url } = await withOther(3);
    const stop = new AbortController();
    const train = trains(() => 1);
    const { storage } = study;
    const take = storage.takeOverAttempt.bind(storage);
    storage.takeOverAttempt = async (...args) => {
      stop.abort();
      await until(async () => (await results(study)).includes('complete 1'));
      for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve));
      return take(...args);
    };
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      if (attempt.lostWith === null) {
        await inPostgres(`UPDATE hpo_workers SET renewed_at_ms = 0 WHERE owner = '${DEAD}'`, url);
        await until(() => stop.signal.aborted);
      }
      return train(attempt, hooks);
    });
    const { end } = await sweep(study, executor, { lease: lease(2000), drain: stop.signal });
    expect([end, executor.resumed.length]).toEqual(['interrupted', 1]);
    expect(await results(study)).toEqual(['complete 1', 'complete 1']);
  });

  test('of functions that rejects ends its lease: the program runs on, and asks for trials', async () => {
    const { study } = await withOther(2);
    const executor = new FunctionExecutor(() => Promise.reject(new Error('a defect')));
    await expect(sweep(study, executor, { lease: lease(3000) })).rejects.toThrow('a defect');
    const own = (await study.storage.workers(study.id)).find(({ owner }) => owner === study.owner);
    expect(own?.state).toBe('ended');
  });

  test('that is cut off stops its trials, starts none, and runs them again when the database answers', async () => {
    const { proxy, disk, study } = await behindProxy(3);
    const said: string[] = [];
    const reasons: unknown[] = [];
    let isCut = false;
    const train = trains(() => 1);
    const executor = new ScriptedExecutor(async (attempt, hooks) => {
      expect(isCut).toBe(false);
      if (attempt.trial !== 1 || attempt.attempt > 1) return train(attempt, hooks);
      isCut = true;
      proxy.goDown();
      await until(() => hooks.signal.aborted);
      reasons.push(hooks.signal.reason);
      isCut = false;
      proxy.comeUp();
      return { kind: 'exited', exitCode: 143, finishedAtMs: T0, logTail: [], stoppedFor: 'interrupted' };
    });
    const emit = (event: SweepEvent) => void (event.type === 'warning' && said.push(event.message));
    const never = new AbortController().signal;
    const around = { emit, drain: never, abort: never, now: () => T0 };
    disk.attach(around);
    onTestFinished(() => disk.close());
    await sweep(study, executor, { disk, lease: lease(2000), ...around });
    expect(reasons).toEqual(['interrupted']);
    expect(await results(study)).toEqual(Array(3).fill('complete 1'));
    expect(said).toContainEqual(expect.stringContaining('loses its lease'));
    expect(said).toContainEqual(expect.stringContaining('continues under a new lease'));
  });

  test('keeps the result of a function that ran on while its lease was lost, unless another one has the trial', async () => {
    const { proxy, disk, study } = await behindProxy(1);
    const said: string[] = [];
    const emit = (event: SweepEvent) => void (event.type === 'warning' && said.push(event.message));
    const executor = new FunctionExecutor(async (attempt, hooks) => {
      proxy.goDown();
      await until(() => said.some((message) => message.includes('loses its lease')));
      proxy.comeUp();
      return trains(() => 1)(attempt, hooks);
    });
    const never = new AbortController().signal;
    const around = { emit, drain: never, abort: never, now: () => T0 };
    disk.attach(around);
    await sweep(study, executor, { disk, lease: lease(2000), ...around });
    expect(executor.started).toHaveLength(1);
    expect(await results(study)).toEqual(['complete 1']);
  });
});
