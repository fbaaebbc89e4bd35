import { expect, onTestFinished, test } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { openPostgres } from '../../src/storage/postgres/open.js';
import type { SweepEvent } from '../../src/study/events.js';
import { createStudy } from '../../src/study/open-study.js';
import { DiskSpaceGuard } from '../../src/study/sweep/disk-space-guard.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { newDatabase, postgresServer, urlOf } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';
import { makeSpec, results, ScriptedExecutor, sweep, T0, tempDir } from './harness.js';

const spec = makeSpec([{ name: 'n', distribution: int(1, 6) }]);

describeWithReal('postgres', 'a sweep whose database server is gone for a while', () => {
  test('launches nothing, says so once, loses and doubles nothing, and continues by itself', async () => {
    const server = await postgresServer();
    const proxy = await CuttingProxy.start(server.port);
    onTestFinished(() => proxy.close());
    const tcp = urlOf(server.tcp, await newDatabase());
    const url = `${tcp.replace(`:${server.port}/`, `:${proxy.port}/`)}?sslmode=disable`;
    const running = { conflictsMs: 30_000, lostMs: 100 };
    const storage = await openPostgres(url, {}, { running });
    onTestFinished(() => storage.close());
    const folder = tempDir();
    const disk = new DiskSpaceGuard({ folders: [folder], outputs: folder, pauseMs: 20 });
    const study = await createStudy(disk.storage(storage), { name: 'study', spec, seed: 7, nowMs: T0 });
    let startedWhileGone = 0;
    let isGone = false;
    const executor = new ScriptedExecutor((attempt, hooks) => {
      const n = Number(attempt.params.n);
      if (isGone) startedWhileGone++;
      if (n === 3) {
        isGone = true;
        proxy.goDown();
      }
      for (const step of [0, 1, 2]) hooks.report([{ name: 'loss', step, value: n + 3 - step }]);
      hooks.report([{ name: 'loss', step: null, value: n }]);
      return { kind: 'exited', exitCode: 0, signal: null, finishedAtMs: T0 + 1000, logTail: [] };
    });
    const said: string[] = [];
    const emit = (event: SweepEvent) => {
      if (event.type !== 'warning') return;
      said.push(event.message);
      if (!event.message.includes('cannot be reached')) return;
      isGone = false;
      proxy.comeUp();
    };
    const never = new AbortController().signal;
    let clock = T0;
    const around = { emit, drain: never, abort: never, now: () => ++clock };
    disk.attach(around);
    onTestFinished(() => disk.close());
    const { end } = await sweep(study, executor, { disk, slots: 2, ...around });
    expect(end).toBe('exhausted');
    expect(startedWhileGone).toBeLessThanOrEqual(1);
    expect(await results(study)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `complete ${n}`));
    expect(executor.started).toHaveLength(6);
    for (let trial = 0; trial < 6; trial++)
      expect(await study.storage.metrics(study.id, trial)).toHaveLength(4);
    expect(said.filter((message) => /cannot be reached.*until it answers again/.test(message))).toHaveLength(
      1,
    );
    expect(said.filter((message) => message.includes('the database answers again'))).toHaveLength(1);
    expect(said.join(' ')).not.toContain(server.password);
  });
});
