import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, expect, test } from 'vitest';
import type { HpoError } from '../../../src/core/errors.js';
import { openStorage } from '../../../src/storage/open.js';
import { examinePostgres } from '../../../src/storage/postgres/examine.js';
import { openPostgres } from '../../../src/storage/postgres/open.js';
import {
  inPostgres,
  newDatabase,
  newPostgres,
  postgresServer,
  type TestServer,
  urlOf,
} from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { until } from '../../support/until.js';
import { ask, attemptOf, ending, folder, newStudy, opened } from '../support.js';

/** What opening says, its causes included. */
async function refusal(opening: Promise<{ close(): Promise<void> }>): Promise<HpoError & { whole: string }> {
  const error = await opening.then(
    (storage) => storage.close().then(() => new Error('it opened')),
    (reason: unknown) => reason as HpoError,
  );
  const { cause } = error as HpoError;
  return Object.assign(error as HpoError, {
    whole: `${String(error)} ${(error as HpoError).fix} ${String(cause)} ${JSON.stringify(error)}`,
  });
}

describeWithReal('postgres', 'a database of a server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await postgresServer();
  });

  test('gets its tables once, however many open it at the same time', async () => {
    const url = await newPostgres();
    const storages = await Promise.all([1, 2, 3].map(() => openStorage(url)));
    const study = await newStudy(storages[0] as (typeof storages)[0]);
    for (const storage of storages) {
      expect((await storage.findStudy('study'))?.id).toBe(study.id);
      await storage.close();
    }
  });

  test('has the tables and columns of hpo that a file has, so that no migration is forgotten', async () => {
    const url = await newPostgres();
    await (await openStorage(url)).close();
    const there = await inPostgres(
      "SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE 'hpo%'",
      url,
    );
    const path = join(await folder(), 'study.db');
    await (await openStorage(`sqlite:${path}`)).close();
    const file = new Database(path, { readonly: true });
    const here = file
      .prepare(
        `SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m, pragma_table_info(m.name) c
          WHERE m.type = 'table' AND m.name LIKE 'hpo%'`,
      )
      .all() as Record<string, unknown>[];
    file.close();
    // The log of changes is another one.
    const names = (rows: readonly Record<string, unknown>[]) =>
      rows
        .map((row) => `${row.table_name}.${row.column_name}`)
        // Only a server has workers on several machines, and answers to commits that are lost.
        .filter((name) => !/^hpo_(?:changes|commits|workers)\./.test(name))
        .sort();
    expect(names(there)).toEqual(names(here));
  });

  test('without studies is not created by a reader', async () => {
    const error = await refusal(openStorage(await newPostgres(), { create: false }));
    expect(error).toMatchObject({ code: 'storage.not-found', usage: true });
  });

  test('with tables of other programs gets those of studies beside them, unless one has their name', async () => {
    const beside = await newPostgres();
    await inPostgres('CREATE TABLE orders (id INTEGER)', beside);
    await (await openStorage(beside)).close();
    const taken = await newPostgres();
    await inPostgres('CREATE TABLE trials (id INTEGER)', taken);
    expect(await refusal(openStorage(taken))).toMatchObject({
      code: 'storage.foreign-database',
      usage: true,
    });
  });

  test('may be one schema of several', async () => {
    const url = await newPostgres();
    await inPostgres('CREATE SCHEMA lab', url);
    const inLab = `${url}&options=-csearch_path%3Dlab`;
    await newStudy(await opened(inLab));
    expect(await (await opened(url)).listStudies()).toEqual([]);
    expect(await (await opened(inLab)).listStudies()).toHaveLength(1);
  });

  test('a wrong password, user or name is a clear error that has no password', async () => {
    const wrong = server.tcp.replace(server.password, 'hunter2secret');
    const login = await refusal(openStorage(wrong));
    expect(login).toMatchObject({ code: 'storage.login', usage: true });
    expect(login.whole).not.toContain('hunter2');
    expect(login.whole).toContain('password authentication failed');
    const none = await refusal(openStorage(server.tcp.replace(`:${server.password}`, '')));
    expect(none).toMatchObject({ code: 'storage.login', usage: true });
    const missing = await refusal(openStorage(urlOf(server.tcp, 'nothing_here')));
    expect(missing).toMatchObject({ code: 'storage.not-found', usage: true });
    expect(missing.whole).not.toContain(server.password);
  });

  test('a URL of a storage has no password, and opens it again', async () => {
    const url = urlOf(server.tcp, await newDatabase());
    const storage = await opened(url);
    expect(storage.url).not.toContain(server.password);
    const again = await opened(storage.url);
    expect(again.place).toEqual(storage.place);
  });

  test('a role that may only read reads, and a write says what is missing', async () => {
    const url = await newPostgres();
    const owner = await opened(url);
    const study = await newStudy(owner);
    const asked = await ask(owner, study.id, { lr: 0.5 });
    await owner.finish(asked.trial.id, attemptOf(asked), ending());
    const role = `reader_${process.pid}_${Date.now()}`;
    await inPostgres(
      `CREATE ROLE ${role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
      url,
    );
    try {
      const reader = await opened(url.replace('hpo@', `${role}@`));
      expect((await reader.listStudies()).map(({ name }) => name)).toEqual(['study']);
      expect(await reader.rows(study.id, 0, 10)).toEqual(await owner.rows(study.id, 0, 10));
      expect((await reader.changedTrials(study.id, null, 10)).trials).toHaveLength(1);
      // The notice of a write is a transaction after it.
      await until(async () => {
        const token = await reader.changeToken();
        return (await reader.changeToken()) === token;
      });
      // Granted before there were leases.
      await inPostgres(`REVOKE SELECT ON hpo_workers FROM ${role}`, url);
      expect(await reader.owners(study.id)).toEqual(await owner.owners(study.id));
      await expect(newStudy(reader, 'mine')).rejects.toMatchObject({
        code: 'storage.not-allowed',
        usage: true,
      });
      await reader.close();
    } finally {
      await inPostgres(`DROP OWNED BY ${role}; DROP ROLE ${role}`, url);
    }
  });

  describeTls();

  test('a step that its column does not hold is a clear error, and what was reported before stays', async () => {
    const storage = await opened(await newPostgres());
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.1 });
    const [id, attempt] = [asked.trial.id, attemptOf(asked)];
    const loss = (step: number) => [{ name: 'loss', step, value: 1, objective: true }];
    await storage.report(id, attempt, loss(2 ** 31 - 1));
    await expect(storage.report(id, attempt, loss(2 ** 31))).rejects.toMatchObject({
      code: 'storage.bad-step',
      message: expect.stringContaining('at most 2147483647'),
    });
    expect(await storage.metrics(study.id, 0)).toHaveLength(1);
  });

  test('a server that only refuses, or says nothing, ends the start with a clear error', async () => {
    const starting = { conflictsMs: 100, lostMs: 300, refusedMs: 100 };
    const refused = await refusal(openPostgres('postgresql://me@127.0.0.1:1/db', {}, { starting }));
    expect(refused).toMatchObject({ code: 'storage.unreachable', usage: false });
    expect(refused.message).toContain('ECONNREFUSED');
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as { port: number };
    const url = `postgresql://me:hunter2secret@127.0.0.1:${port}/db?sslmode=disable&connect_timeout=2`;
    const quiet = await refusal(openPostgres(url, {}, { starting }));
    silent.close();
    expect(quiet).toMatchObject({ code: 'storage.unreachable' });
  });

  function describeTls(): void {
    const at = (host: string, rest: string) => urlOf(server.tcp, 'hpo').replace('127.0.0.1', host) + rest;

    test('TLS is what sslmode asks for', async () => {
      const root = `&sslrootcert=${encodeURIComponent(server.rootCertificate)}`;
      for (const [mode, encrypted] of [
        ['disable', 0],
        ['allow', 0],
        ['prefer', 1],
        // The certificate is signed by nobody that Node knows.
        ['require', 1],
        [`verify-ca${root}`, 1],
        [`verify-full${root}`, 1],
      ] as const) {
        const found = await examinePostgres(at('127.0.0.1', `?sslmode=${mode}`));
        expect([mode, found.encrypted]).toEqual([mode, encrypted === 1]);
      }
      const unknown = await refusal(openStorage(at('127.0.0.1', '?sslmode=verify-full&sslrootcert=system')));
      expect(unknown.code).toBe('storage.tls');
      expect(unknown.whole).not.toContain(server.password);
    });
  }
});
