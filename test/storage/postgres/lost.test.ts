import { expect, onTestFinished, test } from 'vitest';
import { Unreachable } from '../../../src/storage/postgres/failures.js';
import { runInPostgres } from '../../../src/storage/postgres/runner.js';
import { openSession, type Session } from '../../../src/storage/postgres/session.js';
import { Sessions } from '../../../src/storage/postgres/sessions.js';
import { parseTarget } from '../../../src/storage/postgres/target.js';
import { type Operation, sql } from '../../../src/storage/statement.js';
import type { Storage } from '../../../src/storage/storage.js';
import { CuttingProxy } from '../../support/cutting-proxy.js';
import { inPostgres, newDatabase, postgresServer, urlOf } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { until } from '../../support/until.js';
import { ask, attemptOf, ending, filled, newAttempt, newStudy, newTrial, opened } from '../support.js';

/** A storage behind a network that can be cut, and the same one without. */
async function behindProxy(): Promise<{
  storage: Storage;
  direct: string;
  proxy: CuttingProxy;
  url: string;
}> {
  const server = await postgresServer();
  const proxy = await CuttingProxy.start(server.port);
  onTestFinished(() => proxy.close());
  const name = await newDatabase();
  const url = `${urlOf(server.tcp, name).replace(`:${server.port}/`, `:${proxy.port}/`)}?sslmode=disable`;
  return { storage: await opened(url), direct: urlOf(server.url, name), proxy, url };
}

describeWithReal('postgres', 'a connection that is lost', () => {
  test.each([
    ['after the server had the commit', true],
    ['before the server had the commit', false],
  ])('%s does an operation once', async (_, delivers) => {
    const { storage, proxy } = await behindProxy();
    const study = await newStudy(storage);
    const { reservation } = await storage.reserveIndex(study.id, 'me');
    proxy.cutAt('COMMIT\0', { delivers });
    const trial = await storage.commitConfiguration({ reservation }, filled({ lr: 0.5 }), newTrial());
    expect(proxy.cuts).toBe(1);
    expect(trial?.trial.number).toBe(0);
    proxy.cutAt('COMMIT\0', { delivers });
    expect(await storage.enqueue(study.id, [{ lr: 0.25 }])).toEqual([1]);
    proxy.cutAt('COMMIT\0', { delivers });
    expect(await storage.finish(trial?.trial.id ?? 0, attemptOf(trial), ending())).toBe(true);
    expect(proxy.cuts).toBe(3);
    expect((await storage.rows(study.id, 0, 10)).map((row) => row.state)).toEqual(['complete', 'waiting']);
  });

  test.each([true, false])('asks and tells once, delivered: %s', async (delivers) => {
    const { storage, proxy } = await behindProxy();
    const study = await newStudy(storage);
    const trial = { ...newTrial(0, null), asker: 'me' };
    // Its commit goes out with the statement before it, and nobody gets the answers of either.
    const cut = () => proxy.cutAt('synchronous_commit', { delivers, commits: true });
    const { reservation } = await storage.reserveIndex(study.id, 'me');
    const asking = { studyId: study.id, owner: 'me', knownUpTo: 0 };
    cut();
    const first = await storage.commitAndReserve(reservation, filled({ lr: 0.5 }), trial, asking);
    expect(first?.opened).toMatchObject({ config: { number: 0, index: 0 }, trial: { number: 0 } });
    expect(first?.next).toEqual(delivers ? null : { reservation: expect.any(Number), index: 1 });
    await storage.releaseIndices(study.id, { owners: ['me'] });
    const again = await storage.reserveIndex(study.id, 'me');
    expect(again.index).toBe(1);
    await storage.commitConfiguration(again, filled({ lr: 0.25 }), trial);
    cut();
    const second = await storage.commitConfiguration(
      { studyId: study.id, predicted: { index: 2, trialNumber: 2 } },
      filled({ lr: 0.75 }),
      trial,
    );
    expect(second).toMatchObject({ config: { number: 2, index: 2 }, trial: { number: 2 } });
    cut();
    const end = ending({ exitCode: null });
    expect(await storage.finish(second?.trial.id ?? 0, null, end)).toBe(true);
    expect(await storage.finish(second?.trial.id ?? 0, null, end)).toBe(false);
    expect(proxy.cuts).toBe(3);
    expect(
      (await storage.rows(study.id, 0, 10)).map(({ number, state, values }) => [number, state, values]),
    ).toEqual([
      [0, 'running', null],
      [1, 'running', null],
      [2, 'complete', [0.5]],
    ]);
  });

  test('does not take a trial of another process for its own', async () => {
    const { storage, direct, proxy } = await behindProxy();
    const study = await newStudy(storage);
    const rival = await opened(direct);
    const trial = { ...newTrial(0, null), asker: 'me' };
    const same = { studyId: study.id, predicted: { index: 0, trialNumber: 0 } };
    await rival.commitConfiguration(same, filled({ lr: 0.5 }), { ...trial, asker: 'rival' });
    const cut = () => proxy.cutAt('synchronous_commit', { delivers: true });
    cut();
    expect(await storage.commitConfiguration(same, filled({ lr: 0.5 }), trial)).toBeNull();
    const { reservation } = await storage.reserveIndex(study.id, 'me');
    const asking = { studyId: study.id, owner: 'me', knownUpTo: 0 };
    cut();
    expect(await storage.commitAndReserve(reservation, filled({ lr: 0.5 }), trial, asking)).toBeNull();
    expect(proxy.cuts).toBe(2);
  });

  test('does not say of a trial that another process finished, or of values that do not fit, that they are stored', async () => {
    const { storage, direct, proxy } = await behindProxy();
    const study = await newStudy(storage);
    const rival = await opened(direct);
    const [first, second] = [
      await ask(storage, study.id, { lr: 0.5 }, newTrial(0, null)),
      await ask(storage, study.id, { lr: 0.25 }, newTrial(0, null)),
    ];
    const end = ending({ exitCode: null });
    await rival.finish(first.trial.id, null, end);
    const cut = () => proxy.cutAt('synchronous_commit', { delivers: true });
    cut();
    expect(await storage.finish(first.trial.id, null, end)).toBe(false);
    cut();
    await expect(storage.finish(second.trial.id, null, { ...end, values: [1, 2] })).rejects.toThrow();
    expect(proxy.cuts).toBe(2);
    expect((await storage.rows(study.id, 0, 10)).map((row) => row.state)).toEqual(['complete', 'running']);
  });

  test('in the middle of a transaction starts it again', async () => {
    const { storage, proxy } = await behindProxy();
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.5 });
    proxy.cutAt('hpo_metrics', { delivers: true });
    const points = [{ name: 'loss', step: 1, value: 2, objective: true }];
    expect(await storage.report(asked.trial.id, attemptOf(asked), points)).toBe(true);
    expect(proxy.cuts).toBe(1);
    expect(await storage.metrics(study.id, 0)).toEqual([{ name: 'loss', step: 1, value: 2 }]);
  });

  test('because the server ended every session is made again', async () => {
    const { storage, direct } = await behindProxy();
    const study = await newStudy(storage);
    await storage.changeToken();
    await inPostgres(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      direct,
    );
    expect((await storage.findStudy('study'))?.id).toBe(study.id);
    await storage.changeToken();
  });

  test('for longer than anybody waits leaves an operation that can be resumed, and is then done once', async () => {
    const { proxy, url, direct } = await behindProxy();
    await inPostgres('CREATE TABLE counted (n INTEGER)', direct);
    const sessions = new Sessions(() => openSession(parseTarget(url)));
    onTestFinished(() => sessions.close());
    const runner = {
      session: () => sessions.take('work'),
      url: 'test',
      patience: { conflictsMs: 1000, lostMs: 1 },
      signal: new AbortController().signal,
    };
    function* count(): Operation<number> {
      yield sql('INSERT INTO counted (n) VALUES (1)');
      return 7;
    }
    await sessions.take('work');
    proxy.cutAt('COMMIT\0', { delivers: true });
    const done = runInPostgres(runner, 'write', count).catch((thrown: unknown) => thrown);
    await until(() => proxy.cuts === 1);
    proxy.goDown();
    const error = await done;
    // The answer may have been found out before the network went down.
    if (error !== 7) {
      expect(error).toBeInstanceOf(Unreachable);
      proxy.comeUp();
      const resumed = await until(() => (error as Unreachable).resume().catch(() => null));
      expect(resumed).toBe(7);
    }
    expect(await inPostgres('SELECT COUNT(*)::int AS n FROM counted', direct)).toEqual([{ n: 1 }]);
  });

  test('when the server crashed: a number that another transaction got then is not taken for the own one', async () => {
    const { proxy, url, direct } = await behindProxy();
    await inPostgres('CREATE TABLE counted (n INTEGER)', direct);
    const [other] = await inPostgres('SELECT pg_current_xact_id()::text AS name', direct);
    const sessions = new Sessions(() => openSession(parseTarget(url)));
    onTestFinished(() => sessions.close());
    const numberedAsOther = (session: Session): Session => ({
      ...session,
      exec: async (statements) => {
        const rows = await session.exec(statements);
        return statements.startsWith('BEGIN') ? [{ name: String(other?.name) }] : rows;
      },
    });
    const runner = {
      session: async () => numberedAsOther(await sessions.take('work')),
      url: 'test',
      patience: { conflictsMs: 1000, lostMs: 20_000 },
      signal: new AbortController().signal,
    };
    function* count(): Operation<number> {
      yield sql('INSERT INTO counted (n) VALUES (1)');
      return 7;
    }
    proxy.cutAt('COMMIT\0', { delivers: false });
    expect(await runInPostgres(runner, 'write', count)).toBe(7);
    expect(proxy.cuts).toBe(1);
    expect(await inPostgres('SELECT COUNT(*)::int AS n FROM counted', direct)).toEqual([{ n: 1 }]);
    const later = await opened(direct);
    const marks = 'SELECT COUNT(*)::int AS n FROM hpo_commits';
    expect(await inPostgres(marks, direct)).toEqual([{ n: 1 }]);
    await inPostgres("UPDATE hpo_commits SET written_at = now() - interval '2 days'", direct);
    await newStudy(later);
    await newStudy(later, 'another');
    expect(await inPostgres(marks, direct)).toEqual([{ n: 1 }]);
  });

  test('of a session that holds a lock: others wait, and start again when it is gone', async () => {
    const { storage, direct } = await behindProxy();
    const study = await newStudy(storage);
    const other = await opened(direct);
    // Of those who open the same trial number one is first.
    const results = await Promise.all(
      [...Array(12).keys()].map(async (k) => {
        const by = k % 2 === 0 ? storage : other;
        return (
          await by.addRepeat(
            (
              await ask(by, study.id, { layers: 1 + (k % 8), lr: (k + 1) / 20 })
            ).config.id,
            newTrial(1, newAttempt()),
          )
        )?.trial.number;
      }),
    );
    expect([...results].sort((a, b) => Number(a) - Number(b))).toHaveLength(12);
    const rows = await storage.rows(study.id, 0, 100);
    expect(rows.map((row) => row.number)).toEqual([...Array(24).keys()]);
  });
});
