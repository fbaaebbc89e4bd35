import { writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { type ColumnSet, decodeColumns } from '../../../src/dashboard/columns.js';
import type { DashboardOptions } from '../../../src/dashboard/server/dashboard.js';
import { judge } from '../../../src/dashboard/server/data/importance-task.js';
import { type RunningDashboard, serveDashboard } from '../../../src/dashboard/server/serve.js';
import { attemptsSeen } from '../../../src/executors/study-outputs.js';
import { openStorage } from '../../../src/storage/open.js';
import { tempDir } from '../../study/harness.js';

export const PAGE_TEXT = '<!doctype html><title>hpo</title>';
export const SCRIPT_TEXT = `// ${'a page '.repeat(400)}`;

/** Where a server is, and what opens it. */
export type Address = {
  readonly port: number;
  /** `HOST:PORT`, as in Host. */
  readonly host: string;
  readonly origin: string;
  readonly cookie: string;
};

export type Served = RunningDashboard &
  Address & {
    readonly token: string;
    /** What was reported as a defect. A test that ends with any fails. */
    readonly defects: unknown[];
  };

/** Serves the page of a database until the test ends. */
export async function served(url: string, more: Partial<DashboardOptions> = {}): Promise<Served> {
  const assets = tempDir();
  writeFileSync(join(assets, 'index.html'), PAGE_TEXT);
  writeFileSync(join(assets, 'app.js'), SCRIPT_TEXT);
  writeFileSync(join(assets, 'notes.txt'), 'no file of the page');
  const defects: unknown[] = [];
  const running = await serveDashboard({
    url,
    openStorage: (access) => openStorage(url, { create: false, readOnly: access === 'read' }),
    attemptsHere: () => attemptsSeen(async () => null),
    host: '127.0.0.1',
    port: 0,
    readOnly: false,
    firstStudy: null,
    unreadMs: 30_000,
    version: '9.9.9',
    assets,
    judge: async (task) => judge(task),
    onDefect: (error) => defects.push(error),
    ...more,
  });
  onTestFinished(async () => {
    await running.close();
    if (defects.length > 0) throw defects[0];
  });
  const host = `127.0.0.1:${running.port}`;
  const token = new URL(running.url).searchParams.get('token') as string;
  return {
    ...running,
    token,
    host,
    origin: `http://${host}`,
    cookie: `hpo-${running.port}=${token}`,
    defects,
  };
}

export type Asked = {
  readonly method?: string;
  readonly path: string;
  /** Null takes away what a request of the page itself has: its cookie, its origin, its content type. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string | Uint8Array;
};

export type Answered = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
};

/** Sends a request as the page does, with the changes that a test makes. */
export function ask(server: Address, { method = 'GET', path, headers = {}, body }: Asked): Promise<Answered> {
  const own: Record<string, string | null> = {
    Host: server.host,
    Cookie: server.cookie,
    ...(method === 'POST' ? { Origin: server.origin, 'Content-Type': 'application/json' } : {}),
    ...headers,
  };
  const sent = Object.fromEntries(
    Object.entries(own).filter((pair): pair is [string, string] => pair[1] !== null),
  );
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, method, path, headers: sent, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = decoded(Buffer.concat(parts), response.headers['content-encoding']);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            text: bytes.toString('utf8'),
          });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0) return bytes;
  return encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}

/** The JSON of a request that succeeds. */
export async function read<T>(server: Address, path: string): Promise<T> {
  const { status, text } = await ask(server, { path });
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`);
  return JSON.parse(text) as T;
}

export async function readColumns<H>(server: Address, path: string): Promise<ColumnSet<H>> {
  const { status, bytes, text } = await ask(server, { path });
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`);
  return decodeColumns<H>(bytes);
}

/** The values of one column. */
export function columnOf({ columns }: ColumnSet<unknown>, name: string): number[] {
  const found = columns.find((column) => column.name === name);
  if (!found) throw new Error(`no column ${name} among ${columns.map((each) => each.name).join(', ')}`);
  return [...found.values];
}

export async function act(
  server: Address,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly answer: Record<string, unknown> }> {
  const { status, text } = await ask(server, { method: 'POST', path, body: JSON.stringify(body) });
  return { status, answer: JSON.parse(text) as Record<string, unknown> };
}

/** Sends bytes as they are, and returns all that comes back until the server closes the connection. */
export function sendRaw(server: Address, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

/** A client of the event stream that collects what it gets. */
export class Listener {
  readonly events: Record<string, unknown>[] = [];
  readonly ids: string[] = [];
  headers: IncomingHttpHeaders = {};
  isOpen = false;
  readonly #request;

  constructor(server: Address, studies: readonly string[], lastId: string | null = null) {
    const query = studies.map((name) => `study=${encodeURIComponent(name)}`).join('&');
    this.#request = httpRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        path: `/api/events?${query}`,
        agent: false,
        headers: {
          Host: server.host,
          Cookie: server.cookie,
          Accept: 'text/event-stream',
          ...(lastId === null ? {} : { 'Last-Event-ID': lastId }),
        },
      },
      (response) => {
        this.headers = response.headers;
        this.isOpen = true;
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString('utf8');
          const messages = text.split('\n\n');
          text = messages.pop() ?? '';
          for (const message of messages) this.#take(message);
        });
        response.on('close', () => {
          this.isOpen = false;
        });
        response.on('error', () => {});
      },
    );
    this.#request.on('error', () => {});
    this.#request.end();
    onTestFinished(() => this.close());
  }

  close(): void {
    this.#request.destroy();
  }

  /** The newest event of a study. */
  newest(study: string): { revision: number; trialCount: number; state: string } | null {
    const found = this.events.findLast((event) => event.kind === 'study' && event.study === study);
    return (found as { revision: number; trialCount: number; state: string } | undefined) ?? null;
  }

  #take(message: string): void {
    for (const line of message.split('\n')) {
      if (line.startsWith('data: ')) this.events.push(JSON.parse(line.slice(6)) as Record<string, unknown>);
      if (line.startsWith('id: ')) this.ids.push(line.slice(4));
    }
  }
}
