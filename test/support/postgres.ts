import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { wantedServer } from './wanted-server.js';

/** The server of this test run. */
export type TestServer = {
  /** Of a Unix socket, by a superuser without a password. */
  readonly url: string;
  /** By TCP, with the password of the superuser. */
  readonly tcp: string;
  readonly password: string;
  readonly folder: string;
  readonly port: number;
  readonly rootCertificate: string;
};

/** Returns the server of all tests; the first call starts it. */
export function postgresServer(): Promise<TestServer> {
  return wantedServer<TestServer>(inject('postgresFolder'));
}

/** Runs SQL as the superuser, in a database of the server or of a URL. */
export async function inPostgres(sql: string, url?: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url ?? (await postgresServer()).url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
  } finally {
    await client.end();
  }
}

let made = 0;

/** Returns the name of a new database, which is dropped after the test. */
export async function newDatabase(template = 'template1'): Promise<string> {
  made += 1;
  const name = `t${process.pid}_${process.env.VITEST_POOL_ID ?? 0}_${made}_${Math.random().toString(36).slice(2, 8)}`;
  await inPostgres(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  onTestFinished(async () => {
    await inPostgres(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
  return name;
}

/** Returns the URL of another database of the same server. */
export function urlOf(server: string, database: string): string {
  return server.replace(/\/hpo(?=\?|$)/, `/${database}`);
}

/** Returns the URL of a new, empty database. */
export async function newPostgres(): Promise<string> {
  const { url } = await postgresServer();
  return urlOf(url, await newDatabase());
}

let prepared: Promise<string> | null = null;

/** Returns the URL of a new database that has the tables of studies, made by `prepare` once for each process of tests. */
export async function newPrepared(prepare: (url: string) => Promise<void>): Promise<string> {
  const { url } = await postgresServer();
  prepared ??= (async () => {
    const name = `prepared_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
    await inPostgres(`CREATE DATABASE ${name}`);
    await prepare(urlOf(url, name));
    return name;
  })();
  return urlOf(url, await newDatabase(await prepared));
}
