import type { Duplex } from 'node:stream';
import { Client } from 'pg';
import { messageOf } from '../../core/errors.js';
import type { Row, SqlValue } from '../statement.js';
import { ConnectionLost, failureOf } from './failures.js';
import type { Target } from './target.js';
import { type Ssl, sslTries } from './tls.js';
import { decoders, encode } from './values.js';

/** How long one try to connect may take, and one statement. A server that accepts and then says nothing is not waited for longer. */
const CONNECT_MS = 10_000;
export const ANSWER_MS = 45_000;

/**
 * A session that was cut off from its process must let go of its locks: the server ends one that does nothing within a
 * transaction. A statement that waits for a lock gives up, and the operation starts again.
 */
const SETTINGS = `SET datestyle = 'ISO'; SET client_min_messages = warning; SET statement_timeout = '0';
  SET extra_float_digits = 1; SET standard_conforming_strings = on; SET bytea_output = 'hex'`;
const LOCK_MS = 10_000;
const IDLE_MS = 20_000;

/** Both limits lie well below the lease of a worker: a worker that takes its trials over does not wait for its locks. */
function limitsFor(leaseMs: number | null): string {
  const within = (mostMs: number, share: number) =>
    Math.round(Math.min(mostMs, leaseMs === null ? mostMs : leaseMs * share));
  return `SET lock_timeout = '${within(LOCK_MS, 1 / 4)}ms';
    SET idle_in_transaction_session_timeout = '${within(IDLE_MS, 1 / 3)}ms'`;
}

/** One connection. It is not used again after a ConnectionLost. */
export type Session = {
  /** Runs statements without arguments, with `;` between them, in one exchange. Returns the rows of the last one. */
  exec(sql: string): Promise<readonly Row[]>;
  /** Runs one statement with `$1` for each value. It is prepared once. `limitMs` null: however long it takes. */
  all(sql: string, args: readonly SqlValue[], limitMs?: number | null): Promise<readonly Row[]>;
  /** What `send` sends goes out as one. */
  together<T>(send: () => T): T;
  /** `noticed` gets what others say on channels that this session listens to; `lost` is called once the connection has ended. */
  listen(to: { readonly noticed: (payload: string) => void; readonly lost: () => void }): void;
  readonly isOpen: boolean;
  close(): Promise<void>;
  /** Closes it without a word. */
  destroy(): void;
};

/** `leaseMs`: of the worker whose session it is; null: it has none. */
type Limits = { readonly limitMs?: number; readonly leaseMs?: number | null };

/** Connects to the first host that accepts. @throws what the last one said; HpoError storage.certificate. */
export async function openSession(
  target: Target,
  { limitMs = CONNECT_MS, leaseMs = null }: Limits = {},
): Promise<Session> {
  const withinMs = Math.min(target.connectTimeoutMs ?? CONNECT_MS, limitMs);
  let last: unknown;
  for (const { host, port } of target.hosts) {
    for (const ssl of sslTries(target, host)) {
      try {
        const session = await connect(target, { host, port, ssl, withinMs, leaseMs });
        if (!target.needsWrites || (await acceptsWrites(session))) return session;
        await session.close();
        last = new ConnectionLost(`${host}:${port} only reads`);
      } catch (error) {
        last = error;
        if (!mayTryOtherwise(error)) break;
      }
    }
  }
  throw last;
}

/** Whether TLS was what failed, so that the next way of sslmode may succeed. */
function mayTryOtherwise(error: unknown): boolean {
  const failure = failureOf(error);
  return failure === 'tls' || (failure === 'login' && /pg_hba/.test(messageOf(error)));
}

async function acceptsWrites(session: Session): Promise<boolean> {
  const [row] = await session.exec("SELECT current_setting('transaction_read_only') AS answer");
  return row?.answer === 'off';
}

type Way = {
  readonly host: string;
  readonly port: number;
  readonly ssl: Ssl;
  readonly withinMs: number;
  readonly leaseMs: number | null;
};

async function connect(target: Target, { host, port, ssl, withinMs, leaseMs }: Way): Promise<Session> {
  const client = new Client({
    host,
    port,
    database: target.database,
    user: target.user,
    // A function: without one, pg looks for password files by itself, with warnings.
    password: () => target.passwordFor(host, port) ?? '',
    ssl,
    application_name: target.applicationName,
    connectionTimeoutMillis: withinMs,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: decoders as never,
    ...(target.options === '' ? {} : { options: target.options }),
  });
  const lost = new Lost(client);
  try {
    await client.connect();
  } catch (error) {
    throw lost.connecting(error);
  }
  const session = sessionOf(client, lost);
  await session.exec(`${SETTINGS}; ${limitsFor(leaseMs)}`);
  return session;
}

/** Why a connection can no longer be used; a connection that ends between two statements is noticed by the next one. */
class Lost {
  reason: ConnectionLost | null = null;

  constructor(client: Client) {
    // Without a listener Node ends the process.
    client.on('error', (error) => this.because(error));
    client.on('end', () => this.because(new Error('the connection ended')));
  }

  because(error: unknown): ConnectionLost {
    this.reason ??= new ConnectionLost(messageOf(error), { cause: error });
    return this.reason;
  }

  /** Errors before the session was there: those with a meaning stay. */
  connecting(error: unknown): unknown {
    const message = messageOf(error);
    if (/must be a (?:non-empty )?string/.test(message))
      return new LoginError('the server asks for a password');
    return failureOf(error) === null ? this.because(error) : error;
  }
}

class LoginError extends Error {
  readonly code = '28P01';
}

/** Names of prepared statements, by their text: the same in every session. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  const name = names.get(sql) ?? `hpo${names.size}`;
  names.set(sql, name);
  return name;
}

function sessionOf(client: Client, lost: Lost): Session {
  const answer = async <T>(work: Promise<T>, limitMs: number | null): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      if (limitMs === null) return;
      timer = setTimeout(() => {
        const why = lost.because(new Error(`the server did not answer within ${limitMs / 1000} s`));
        destroy();
        reject(why);
      }, limitMs);
    });
    try {
      return await Promise.race([work, limit]);
    } catch (error) {
      if (error instanceof ConnectionLost) throw error;
      const failure = failureOf(error);
      if (failure !== null && failure !== 'lost') throw error;
      destroy();
      throw lost.because(error);
    } finally {
      clearTimeout(timer);
    }
  };
  const stream = () => (client as unknown as { connection: { stream: Duplex } }).connection.stream;
  const destroy = () => {
    lost.because(new Error('closed'));
    stream().destroy();
  };
  return {
    get isOpen() {
      return lost.reason === null;
    },
    exec: async (sql) => {
      const results = await answer(client.query<Row>(sql), ANSWER_MS);
      return (Array.isArray(results) ? results.at(-1) : results)?.rows ?? [];
    },
    all: async (sql, args, limitMs = ANSWER_MS) => {
      const result = await answer(
        client.query<Row>({ name: nameOf(sql), text: sql, values: args.map(encode) }),
        limitMs,
      );
      return result.rows;
    },
    listen: ({ noticed, lost }) => {
      client.on('notification', ({ payload }) => noticed(payload ?? ''));
      client.on('end', lost);
      // A process that only listens may end.
      (client as unknown as { unref(): void }).unref();
    },
    together: (send) => {
      const out = stream();
      out.cork();
      try {
        return send();
      } finally {
        out.uncork();
      }
    },
    close: async () => {
      const isDead = lost.reason !== null;
      lost.because(new Error('closed'));
      if (isDead) return;
      await client.end().catch(() => {});
    },
    destroy,
  };
}
